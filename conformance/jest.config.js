/** Black box, against CONFORMANCE_URL; without one, a broker of our own (from dist) is started for the run. */
module.exports = {
  rootDir: '..',
  roots: ['<rootDir>/conformance'],
  testMatch: ['<rootDir>/conformance/**/*.test.ts'],
  // Leveret has no streams yet (conformance/differences.md).
  testPathIgnorePatterns: process.env.CONFORMANCE_URL ? [] : ['queue-streams'],
  testEnvironment: 'node',
  testTimeout: 30_000,
  maxWorkers: 4, // they mostly wait
  globalSetup: '<rootDir>/conformance/support/start-broker.ts',
  globalTeardown: '<rootDir>/conformance/support/stop-broker.ts',
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, sourceMaps: 'inline' },
    ],
  },
}
