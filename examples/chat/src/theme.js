/*
 * Sets the theme before the first paint: the system's, unless the other one was chosen.
 * A classic script, because a module would run after that paint.
 */
{
  const system = matchMedia('(prefers-color-scheme: dark)')
  const choice = () => {
    try { return localStorage.getItem('theme') } catch { return null }
  }
  const apply = () => {
    document.documentElement.dataset.theme = choice() ?? (system.matches ? 'dark' : 'light')
  }
  system.addEventListener('change', apply)
  addEventListener('toggle-theme', () => {
    const other = document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark'
    if (other === (system.matches ? 'dark' : 'light')) localStorage.removeItem('theme')
    else localStorage.setItem('theme', other)
    apply()
  })
  apply()
}
