// As Nest's own starter has it, with swc in the place of ts-jest.
module.exports = {
  testMatch: ['**/*.nest.test.ts'],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          target: 'es2022',
          transform: { legacyDecorator: true },
        },
      },
    ],
  },
}
