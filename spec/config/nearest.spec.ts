import { nearestName } from '../../src/config/nearest'

const known = ['port', 'host', 'frameMax', 'managementPort', '--log-level', 'LEVERET_DATA_DIR']

describe('the nearest known name', () => {
  it.each([
    ['prot', 'port'],
    ['potr', 'port'],
    ['por', 'port'],
    ['hots', 'host'],
    ['frame-max', 'frameMax'],
    ['FRAME_MAX', 'frameMax'],
    ['framemaxx', 'frameMax'],
    ['managmentPort', 'managementPort'],
    ['--loglevel', '--log-level'],
    ['LEVERET_DATADIR', 'LEVERET_DATA_DIR'],
  ])('to %s is %s', (mistyped, meant) => {
    expect(nearestName(mistyped, known)).toBe(meant)
  })

  it.each(['colour', 'x', '', 'vhost-name'])('to %j is none', unlike => {
    expect(nearestName(unlike, known)).toBeUndefined()
  })
})
