// Sets dark or light before the first paint. A file of its own, because the content policy allows no inline script.
;(() => {
  let kept = 'auto'
  try {
    kept = localStorage.getItem('leveret-color-scheme') || 'auto'
  } catch {}
  const isDark = kept === 'dark' || (kept === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.setAttribute('data-mantine-color-scheme', isDark ? 'dark' : 'light')
})()
