import type { Clock } from '../clock.ts'
import type { KeyPlace } from '../config/key.ts'
import { readKeystore, readToken, warnOfExposed } from '../ground/keystore.ts'
import { createSignerCall } from '../http/json-rpc.ts'
import type { Log } from '../log.ts'
import { type Keys, localKeys } from '../sign/keys.ts'
import { remoteKeys } from '../sign/remote.ts'

/**
 * The keys from where the configuration says that they are; files with secrets that others can read are named in the log. Throws
 * the keystore's errors; of a signer nothing is asked yet.
 */
export async function keysOf(place: KeyPlace, { clock, log }: { clock: Clock; log: Log }): Promise<Keys> {
  await warnOfExposed(secretsOf(place), log)
  if (place.kind === 'keystore') return localKeys(await readKeystore(place.keystore, place.passwordFile))
  const { address, url, timeoutMs, tokenFile } = place
  const token = tokenFile === undefined ? undefined : await readToken(tokenFile)
  return remoteKeys({ address, url, call: createSignerCall({ url, token, timeoutMs }), clock })
}

function secretsOf(place: KeyPlace): readonly string[] {
  if (place.kind === 'keystore') return [place.keystore, place.passwordFile]
  return place.tokenFile === undefined ? [] : [place.tokenFile]
}
