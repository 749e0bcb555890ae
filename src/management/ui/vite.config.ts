/**
 * How the web UI is made: `vite build` writes dist/ui with hashed names; `vite` serves it beside a broker that runs
 * elsewhere (LEVERET_URL, by default http://127.0.0.1:15672; LEVERET_LOGIN as `user:password` logs in by itself).
 */
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { defineConfig, type Plugin } from 'vite'

const target = process.env['LEVERET_URL'] ?? 'http://127.0.0.1:15672'
const login = process.env['LEVERET_LOGIN']
const proxy = { target, changeOrigin: true, ...(login === undefined ? {} : { auth: login }) }

const iconPackage = '@tabler/icons-react'
const icons = join(
  createRequire(import.meta.url).resolve(`${iconPackage}/package.json`),
  '..',
  'dist/esm/icons',
)

/** Takes each icon from its own file: the package's index would have the bundler read six thousand of them. */
const iconFiles: Plugin = {
  name: 'icon-files',
  enforce: 'pre',
  transform(code, id) {
    if (!code.includes(iconPackage) || id.includes('node_modules')) return undefined
    return code.replace(/import \{([^}]+)\} from '@tabler\/icons-react'/g, (_, names: string) =>
      names
        .split(',')
        .map(name => name.trim())
        .filter(name => name !== '')
        .map(name => `import ${name} from '${join(icons, `${name}.mjs`)}'`)
        .join(';'),
    )
  },
}

export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  plugins: [iconFiles],
  esbuild: { jsx: 'automatic', legalComments: 'none' },
  server: { host: '127.0.0.1', proxy: { '/api': proxy, '/metrics': proxy } },
  build: {
    outDir: '../../../dist/ui',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0, // the content policy lets images be inlined, but scripts and fonts not
    chunkSizeWarningLimit: 900,
    reportCompressedSize: false,
    rollupOptions: {
      output: {
        manualChunks: id =>
          /node_modules\/(react|react-dom|react-router|@tanstack|scheduler)\//.test(id) ? 'react' : undefined,
      },
    },
  },
})
