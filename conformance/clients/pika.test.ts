import { pikaBy } from './pika'
import { pythonWithPika } from './python'
import { describeScenarios } from './scenarios'

if (pythonWithPika === undefined) {
  it.skip('pika: no Python on this machine has it (Debian: python3-pika)', () => {})
} else {
  describeScenarios(pikaBy(pythonWithPika))
}
