import { type Command, InvalidArgumentError } from 'commander'
import { type Address, type Hex, zeroHash } from 'viem'
import type { JurySeat } from '#client/jury.ts'
import { ballotToSign, saltOf } from '#protocol/ballot.ts'
import { address } from '../arguments.ts'
import type { Connection } from '../chain/connection.ts'
import { InputError } from '../errors.ts'
import { addNetworkOptions, addSigningOptions, type NetworkFlags, type SigningFlags } from '../options.ts'
import type { Signer } from '../chain/signer.ts'
import type { Trial } from './jury-court.ts'
import { ownSeats } from './jury-lines.ts'
import { viewerAmong } from './own-cases.ts'

/** Which case and which of its seats a vote is about, and who signs. */
export type VoteFlags = NetworkFlags & SigningFlags & { readonly jury?: Address; readonly seat?: readonly number[] }

const SALTS = `
The salts are made of a signature of your key for this jury, fixing and round, so that the same key finds them again. The value is not kept
anywhere: note what you committed to.`

/** Adds the options of a command that votes, and what to know about salts, and examples of it. */
export function addVoteOptions(command: Command, examples: readonly string[]): Command {
  command
    .option('--seat <list>', 'only these of your seats, by their numbers', seats)
    .option('--jury <address>', "which of the fixing's two, if both are juries", address)
  return addSigningOptions(addNetworkOptions(command)).addHelpText(
    'after',
    `${SALTS}\n\nExamples:\n  ${examples.join('\n  ')}`,
  )
}

/** The salt of each seat; zeros for who only simulates. */
export async function saltsOf(
  { jury, snapshot, state }: Trial,
  { account }: Signer,
  { chain }: Connection,
): Promise<(seat: number) => Hex> {
  if (account === undefined) return () => zeroHash
  const place = { chainId: chain.chainId, jury: jury.address }
  const ballot = { fixingId: snapshot.id, round: state.round }
  const signature = await account.signTypedData(ballotToSign(place, ballot))
  return (seat) => saltOf(signature, seat)
}

/** The seats that the account commits for, or those of them that were named. Throws InputError for none. */
export async function ownSeatsOf(
  { jury, seats: all, snapshot }: Trial,
  signer: Signer,
  { seat: named }: VoteFlags,
  connection: Connection,
): Promise<readonly JurySeat[]> {
  const own = ownSeats(all, await viewerAmong(connection, jury.address, all, signer.address))
  const stranger = named?.find((seat) => !own.some((one) => one.seat === seat))
  if (own.length > 0 && stranger === undefined) {
    return own.filter(({ seat }) => named === undefined || named.includes(seat))
  }
  throw new InputError(
    `Expected ${stranger === undefined ? 'a seat' : `seat ${stranger}`} of ${signer.address}, or one it votes for, got ${
      own.length === 0 ? 'none' : own.map(({ seat }) => seat).join(', ')
    }.`,
    `Look: ${connection.paste('jury', 'status', snapshot.id)}`,
  )
}

/** Numbers of seats with commas between them. */
function seats(text: string): number[] {
  const numbers = text.split(',').map((part) => (/^\d{1,2}$/.test(part.trim()) ? Number(part) : Number.NaN))
  if (numbers.some((number) => Number.isNaN(number))) {
    throw new InvalidArgumentError(`Expected numbers of seats such as 3,17, got "${text}".`)
  }
  return numbers
}
