/**
 * How the web UI is made: `vite build` writes dist/ui with hashed names; `vite` serves it beside a broker that runs
 * elsewhere (LEVERET_URL, by default http://127.0.0.1:15672; LEVERET_LOGIN as `user:password` logs in by itself).
 */
import { defineConfig } from 'vite'

const target = process.env['LEVERET_URL'] ?? 'http://127.0.0.1:15672'
const login = process.env['LEVERET_LOGIN']
const proxy = { target, changeOrigin: true, ...(login === undefined ? {} : { auth: login }) }

export default defineConfig({
  root: import.meta.dirname,
  base: '/',
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
