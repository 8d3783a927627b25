import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'

/** A self-signed certificate for `hosts` with its key, PEM. Made anew each time: nothing secret is kept anywhere. */
export function selfSigned(hosts: readonly string[]): { readonly cert: string; readonly key: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const name = sequence(set(sequence(COMMON_NAME, utf8('local venue of a test'))))
  const names = sequence(...hosts.map((host) => der(0x82, Buffer.from(host))))
  const extension = sequence(SUBJECT_ALT_NAME, der(0x04, names))
  const body = sequence(
    der(0xa0, integer(2)), // version 3
    integer(1),
    sequence(ECDSA_SHA256),
    name,
    sequence(utcTime('200101000000Z'), utcTime('491231235959Z')),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(extension)),
  )
  const certificate = sequence(body, sequence(ECDSA_SHA256), signature(body, privateKey))
  const cert = `-----BEGIN CERTIFICATE-----\n${certificate.toString('base64')}\n-----END CERTIFICATE-----\n`
  return { cert, key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() }
}

/** Object identifiers: 1.2.840.10045.4.3.2, 2.5.4.3 and 2.5.29.17. */
const ECDSA_SHA256 = Buffer.from('06082a8648ce3d040302', 'hex')
const COMMON_NAME = Buffer.from('0603550403', 'hex')
const SUBJECT_ALT_NAME = Buffer.from('0603551d11', 'hex')

/** Tag, length, content: X.690. */
function der(tag: number, content: Buffer): Buffer {
  const size = content.length
  const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 0xff]
  return Buffer.concat([Buffer.from([tag, ...length]), content])
}

const sequence = (...parts: Buffer[]): Buffer => der(0x30, Buffer.concat(parts))
const set = (content: Buffer): Buffer => der(0x31, content)
const integer = (value: number): Buffer => der(0x02, Buffer.from([value]))
const utf8 = (text: string): Buffer => der(0x0c, Buffer.from(text))
const utcTime = (text: string): Buffer => der(0x17, Buffer.from(text))

function signature(body: Buffer, key: KeyObject): Buffer {
  return der(0x03, Buffer.concat([Buffer.from([0]), sign('sha256', body, key)]))
}
