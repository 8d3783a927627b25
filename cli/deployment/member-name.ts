import { z } from 'zod'

/** The contract keeps a name in a bytes32. */
const MOST_BYTES = 32

/** The name of a council's member, in terms and in records: 1 to 32 bytes of UTF-8. */
export const memberName = z
  .string()
  .refine(
    (name) => name !== '' && Buffer.byteLength(name) <= MOST_BYTES,
    `Expected a name of 1 to ${MOST_BYTES} bytes.`,
  )
