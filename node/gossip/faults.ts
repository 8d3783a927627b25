import { UnrecoverableSignatureError } from '#protocol/signing.ts'
import { WireError, type WireFault } from '#protocol/wire.ts'

/** What `decode` reads, or what is wrong with the bytes. Throws whatever else it throws. */
export function decoded<T>(decode: () => T): T | WireFault {
  try {
    return decode()
  } catch (error) {
    if (error instanceof WireError) return error.code
    throw error
  }
}

/** Whom `recover` names; undefined if no key can have signed. Throws whatever else it throws. */
export function recovered<T>(recover: () => T): T | undefined {
  try {
    return recover()
  } catch (error) {
    if (error instanceof UnrecoverableSignatureError) return undefined
    throw error
  }
}
