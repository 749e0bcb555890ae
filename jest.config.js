/** Specs run straight from TypeScript; types are checked apart by tsc. */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/spec'],
  testMatch: ['**/*.spec.ts'],
  testTimeout: 30_000, // a loaded machine is slow, not wrong
  maxWorkers: '100%', // jest would leave one core idle, which on a small machine is half of it
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, sourceMaps: 'inline' },
    ],
  },
}
