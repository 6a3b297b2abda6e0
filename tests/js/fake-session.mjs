/** Stands in for `socket:internal/session`, which the native side generates. */
export const token = '0123456789abcdef0123456789abcdef'

/** What `globalThis.__args` holds in a page. */
export const bootstrap = {
  index: 0,
  config: { build_name: 'fake', meta_title: 'Fake', meta_bundle_identifier: 'org.example.fake' },
  env: { HOME: '/home/fake', LANG: 'C' },
  argv: ['fake', '--flag'],
  cwd: '/opt/fake',
  debug: true,
  headless: true,
  test: '',
  os: 'linux',
  platform: 'linux',
  arch: 'x86_64',
  version: { short: '0.1.0', hash: '', full: '0.1.0' },
  client: { id: 'fake-client', type: 'window' }
}
