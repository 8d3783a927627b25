import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { readKeystore, writeKeystore } from '../../../node/ground/keystore.ts'
import { loadNetworkKey } from '../../../node/ground/network-key.ts'
import { keyOf } from '../reporters.ts'
import { temporaryFolder } from '../temporary.ts'

const CAST = fileURLToPath(new URL('../../../node_modules/.bin/cast', import.meta.url))
const THROW_AWAY = { cost: 1_024 }

function files(password = 'correct horse'): { file: string; passwordFile: string; folder: string } {
  const folder = temporaryFolder()
  const passwordFile = join(folder, 'password')
  writeFileSync(passwordFile, `${password}\n`)
  return { folder, file: join(folder, 'key.json'), passwordFile }
}

test('reads back the key that it wrote, for its owner only', async () => {
  const { file, passwordFile } = files()
  const key = keyOf('ann')
  expect(await writeKeystore(file, key.privateKey, 'correct horse', THROW_AWAY)).toBe(key.address)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(await readKeystore(file, passwordFile)).toEqual(key)
})

test.runIf(existsSync(CAST))('writes what cast wallet reads, and reads what cast wallet writes', async () => {
  const { file, passwordFile, folder } = files('pw')
  const key = keyOf('ann')
  await writeKeystore(file, key.privateKey, 'pw', THROW_AWAY)
  const decrypted = execFileSync(CAST, [
    'wallet',
    'decrypt-keystore',
    '-k',
    folder,
    'key.json',
    '--unsafe-password',
    'pw',
  ])
  expect(decrypted.toString()).toContain(key.privateKey)
  execFileSync(CAST, [
    'wallet',
    'import',
    'bob',
    '-k',
    folder,
    '--private-key',
    key.privateKey,
    '--unsafe-password',
    'pw',
  ])
  expect(await readKeystore(join(folder, 'bob'), passwordFile)).toEqual(key)
})

/** The test vector of the Web3 Secret Storage definition for PBKDF2. */
const PBKDF2_VECTOR = {
  crypto: {
    cipher: 'aes-128-ctr',
    cipherparams: { iv: '6087dab2f9fdbbfaddc31a909735c1e6' },
    ciphertext: '5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46',
    kdf: 'pbkdf2',
    kdfparams: {
      c: 262_144,
      dklen: 32,
      prf: 'hmac-sha256',
      salt: 'ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd',
    },
    mac: '517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2',
  },
  id: '3198bc9c-6672-5ab3-d995-4942343ae5b6',
  version: 3,
}

test('reads the PBKDF2 vector of the Web3 Secret Storage definition', async () => {
  const { file, passwordFile } = files('testpassword')
  writeFileSync(file, JSON.stringify(PBKDF2_VECTOR))
  expect((await readKeystore(file, passwordFile)).privateKey).toBe(
    '0x7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d',
  )
})

test('reads what ethers writes, which names a part in capitals', async () => {
  const { file, passwordFile } = files('testpassword')
  const { crypto: Crypto, ...others } = PBKDF2_VECTOR
  writeFileSync(file, JSON.stringify({ address: '008aeeda4d805471df9b2a5b0f38a0c3bcba786b', ...others, Crypto }))
  expect((await readKeystore(file, passwordFile)).address).toBe('0x008AeEda4D805471dF9b2A5B0f38A0C3bCBA786b')
})

test.each([
  ['is no power of two', { n: 1_000, r: 8 }],
  ['is too much for its r', { n: 65_536, r: 1 }],
])('names an n of scrypt that %s', async (_, cost) => {
  const { file, passwordFile } = files()
  const kdfparams = { dklen: 32, p: 1, salt: '00', ...cost }
  writeFileSync(
    file,
    JSON.stringify({ ...PBKDF2_VECTOR, crypto: { ...PBKDF2_VECTOR.crypto, kdf: 'scrypt', kdfparams } }),
  )
  await expect(readKeystore(file, passwordFile)).rejects.toMatchObject({
    name: 'Keystore.UnreadableKeystoreError',
    message: expect.stringContaining('got scrypt with an n that is no power of two below 2^(16 r).'),
  })
})

test('says in one line that the password is wrong', async () => {
  const { file, passwordFile } = files('another')
  await writeKeystore(file, keyOf('ann').privateKey, 'correct horse', THROW_AWAY)
  await expect(readKeystore(file, passwordFile)).rejects.toMatchObject({
    name: 'Keystore.WrongPasswordError',
    file,
    message: `Expected the password of ${file} in ${passwordFile}, got another one. Correct it there.`,
  })
})

test('never overwrites a key', async () => {
  const { file } = files()
  await writeKeystore(file, keyOf('ann').privateKey, 'a', THROW_AWAY)
  const before = readFileSync(file)
  await expect(writeKeystore(file, keyOf('bob').privateKey, 'b', THROW_AWAY)).rejects.toMatchObject({
    name: 'Keystore.KeystoreExistsError',
    file,
  })
  expect(readFileSync(file)).toEqual(before)
})

test('refuses a file that is no keystore, and one that is not there', async () => {
  const { file, passwordFile } = files()
  await expect(readKeystore(file, passwordFile)).rejects.toMatchObject({ name: 'Keystore.UnreadableKeystoreError' })
  // A cost that would take minutes and all memory.
  const greedy = {
    ...PBKDF2_VECTOR.crypto,
    kdf: 'scrypt',
    kdfparams: { dklen: 32, n: 2 ** 40, p: 1, r: 8, salt: '00' },
  }
  for (const content of ['{', '{}', JSON.stringify({ ...PBKDF2_VECTOR, crypto: greedy })]) {
    writeFileSync(file, content)
    await expect(readKeystore(file, passwordFile)).rejects.toMatchObject({
      name: 'Keystore.UnreadableKeystoreError',
      file,
    })
  }
})

test('makes a libp2p key once, for its owner only', async () => {
  const file = join(temporaryFolder(), 'deep', 'libp2p.key')
  const key = await loadNetworkKey(file)
  expect(key.type).toBe('Ed25519')
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect((await loadNetworkKey(file)).equals(key)).toBe(true)
})

test('refuses a libp2p key that others can read, and one that is damaged', async () => {
  const file = join(temporaryFolder(), 'libp2p.key')
  await loadNetworkKey(file)
  chmodSync(file, 0o644)
  await expect(loadNetworkKey(file)).rejects.toMatchObject({ name: 'NetworkKey.NetworkKeyError', file })
  chmodSync(file, 0o600)
  writeFileSync(file, 'no key')
  await expect(loadNetworkKey(file)).rejects.toMatchObject({ name: 'NetworkKey.NetworkKeyError', file })
})
