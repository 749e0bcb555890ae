/** Which Python on this machine has pika, if one has. */
import { spawnSync } from 'node:child_process'

export const pythonWithPika = ['python3', '/usr/bin/python3'].find(
  python => spawnSync(python, ['-c', 'import pika'], { stdio: 'ignore' }).status === 0,
)
