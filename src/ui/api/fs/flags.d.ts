declare module 'socket:fs/flags' {
  export function normalizeFlags (flags?: string | number): number

  const exports: typeof import('socket:fs/flags')
  export default exports
}
