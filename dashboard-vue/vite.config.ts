import { fileURLToPath, URL } from 'node:url'
import tailwindcss from '@tailwindcss/vite'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

const api = process.env.API_URL ?? 'http://localhost:8080'

export default defineConfig({
  plugins: [vue(), tailwindcss()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  server: { port: 3000, proxy: { '/api': { target: api, rewrite: (path) => path.replace(/^\/api/, '') } } },
  // No component here or in our libraries has options.
  define: { __VUE_OPTIONS_API__: false },
  // Nothing inline: the page is served under `default-src 'self'`.
  build: { target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false }, manifest: true },
  test: {
    projects: [
      { extends: true, test: { name: 'lib', environment: 'node', include: ['src/lib/**/*.test.ts'] } },
      {
        extends: true,
        test: {
          name: 'dom',
          environment: 'happy-dom',
          include: ['src/**/*.test.ts'],
          exclude: ['src/lib/**'],
        },
      },
    ],
  },
})
