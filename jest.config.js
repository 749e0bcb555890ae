/** Specs run straight from TypeScript; types are checked apart by tsc. */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/spec'],
  testMatch: ['**/*.spec.ts'],
  testTimeout: 30_000, // a loaded machine is slow, not wrong
  maxWorkers: '100%', // jest would leave one core idle, which on a small machine is half of it
  // Fastify's in-process requests load a package that is an ES module only, which jest cannot require as Node can.
  transformIgnorePatterns: ['/node_modules/(?!(.*/)?cookie/dist/)'],
  transform: {
    '/cookie/dist/.+\\.js$': ['@swc/jest', { jsc: { target: 'es2022' }, module: { type: 'commonjs' } }],
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, sourceMaps: 'inline' },
    ],
  },
}
