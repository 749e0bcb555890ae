import { copyFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { CertificateWatch } from '../../src/server/certificate-watch'
import { TlsCertificate, UnusableCertificate } from '../../src/server/tls-certificate'
import { certificateFile, certificatePath } from '../support/certificates'
import { eventually } from '../support/eventually'
import { ManualClock } from '../support/manual-clock'
import { RecordingLogger } from '../support/recording-logger'
import { pathsIn, temporaryFolder } from '../support/temporary-folder'

const nextPath = pathsIn(temporaryFolder())

let tlsCert: string
let tlsKey: string
let clock: ManualClock
let logger: RecordingLogger
let certificate: TlsCertificate
let watch: CertificateWatch

beforeEach(() => {
  tlsCert = nextPath()
  tlsKey = nextPath()
  clock = new ManualClock()
  logger = new RecordingLogger()
  install('server')
  certificate = new TlsCertificate({ tlsCert, tlsKey, tlsMinVersion: '1.2' }, logger)
  watch = new CertificateWatch(certificate, clock)
})

afterEach(() => {
  watch.close()
  expect(clock.pending).toBe(0)
})

function install(name: string): void {
  copyFileSync(certificatePath(`${name}.pem`), tlsCert)
  copyFileSync(certificatePath(`${name}.key`), tlsKey)
}

/** Two seconds pass, and the look that was due is over. */
async function look(times = 1): Promise<void> {
  for (; times > 0; times--) {
    clock.advance(2000)
    await eventually(() => expect(clock.pending).toBe(1))
  }
}

function isInUse(name: string): boolean {
  return certificate.options.cert.equals(certificateFile(`${name}.pem`))
}

describe('a certificate whose files are watched', () => {
  it('is not read again while they stay as they are', async () => {
    await look(5)
    expect(logger.lines).toEqual([])
  })

  it('is read again when they have changed and come to rest', async () => {
    install('renewed')
    await look()
    expect(isInUse('server')).toBe(true)
    await look()
    expect(isInUse('renewed')).toBe(true)
    await look(3)
    expect(logger.lines).toMatchObject([
      {
        level: 'info',
        message: 'the certificate was read again',
        fields: { subject: 'O=renewed,CN=localhost' },
      },
    ])
  })

  it('is not read between the first and the second of the files', async () => {
    copyFileSync(certificatePath('renewed.pem'), tlsCert)
    await look()
    copyFileSync(certificatePath('renewed.key'), tlsKey)
    await look(2)
    expect(isInUse('renewed')).toBe(true)
    expect(logger.at('error')).toEqual([])
  })

  it('is read again when a link leads elsewhere, and when files were away', async () => {
    rmSync(tlsCert)
    rmSync(tlsKey)
    await look(2)
    symlinkSync(certificatePath('renewed.pem'), tlsCert)
    symlinkSync(certificatePath('renewed.key'), tlsKey)
    await look(2)
    expect(isInUse('renewed')).toBe(true)
  })

  it('stays when they cannot be used, which is said once, and goes when they can', async () => {
    writeFileSync(tlsCert, 'nonsense')
    await look(5)
    expect(isInUse('server')).toBe(true)
    expect(logger.lines).toMatchObject([
      { level: 'error', fields: { reason: `tlsCert ${tlsCert}: holds no certificate in PEM form` } },
    ])
    install('renewed')
    await look(2)
    expect(isInUse('renewed')).toBe(true)
  })

  it('is looked at no more when that is over', () => {
    watch.close()
    expect(clock.pending).toBe(0)
  })
})

describe('a certificate', () => {
  it('tells whom it told of a new one, and of no broken one', () => {
    let told = 0
    certificate.onReloaded(() => told++)
    writeFileSync(tlsKey, 'nonsense')
    expect(certificate.reload()).toBe(false)
    install('renewed')
    expect(certificate.reload()).toBe(true)
    expect(told).toBe(1)
  })

  it('never shows its password', () => {
    const files = { tlsCert, tlsKey: certificatePath('server-encrypted.key'), tlsMinVersion: '1.2' } as const
    const open = () => new TlsCertificate({ ...files, tlsKeyPassword: 'wrong and secret' }, logger)
    expect(open).toThrow(UnusableCertificate)
    expect(open).not.toThrow(/secret/)
  })
})
