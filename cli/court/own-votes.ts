import { type Command, InvalidArgumentError } from 'commander'
import { type Address, type Hex, zeroHash } from 'viem'
import type { JurySeat } from '#client/jury.ts'
import { ballotToSign, saltOf } from '#protocol/ballot.ts'
import { address, addresses } from '../arguments.ts'
import type { Connection } from '../chain/connection.ts'
import { InputError } from '../errors.ts'
import { addNetworkOptions, addSigningOptions, type NetworkFlags, type SigningFlags } from '../options.ts'
import type { Signer } from '../chain/signer.ts'
import type { Trial } from './jury-court.ts'
import { ownSeats } from './jury-lines.ts'
import { viewerAmong } from './own-cases.ts'

/** Which case and which of its seats a vote is about, and who signs. */
export type VoteFlags = NetworkFlags &
  SigningFlags & { readonly jury?: Address; readonly seat?: readonly number[] } & ForFlags

/** The jurors beside itself that an account says it votes for. */
export type ForFlags = { readonly for?: readonly Address[] }

/** Anybody can name an account his voter, and have it pay for his votes: it says itself whom it votes for. */
export const FOR_OPTION = [
  '--for <jurors>',
  'also the seats of these jurors, who have named you their voter',
  addresses,
] as const

const SALTS = `
The salts are made of a signature of your key for this jury, fixing and round, so that the same key finds them again. The value is not kept
anywhere: note what you committed to.`

/** Adds the options of a command that votes, and what to know about salts, and examples of it. */
export function addVoteOptions(command: Command, examples: readonly string[]): Command {
  command
    .option('--seat <list>', 'only these seats, by their numbers, also of others who have named you their voter', seats)
    .option(...FOR_OPTION)
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

/** The seats of the account and of the jurors that it votes for, or those that were named of whoever has named it the voter. Throws InputError for none. */
export async function ownSeatsOf(
  { jury, seats: all, snapshot }: Trial,
  signer: Signer,
  { seat: named, for: votesFor = [] }: VoteFlags,
  connection: Connection,
): Promise<readonly JurySeat[]> {
  const viewer = await viewerAmong(connection, jury.address, all, { account: signer.address, votesFor })
  const own = ownSeats(all, viewer)
  const offered = all.filter(({ seat }) => viewer.unasked.includes(seat))
  const look = connection.paste('jury', 'status', snapshot.id)
  const absent = votesFor.find((juror) => !viewer.principals.includes(juror))
  if (absent !== undefined) {
    throw new InputError(
      `Expected a seat of ${absent} in this case, who has named ${signer.address} the voter, got none.`,
      `Look: ${look}`,
    )
  }
  const open = named === undefined ? own : all.filter((seat) => own.includes(seat) || offered.includes(seat))
  const stranger = named?.find((seat) => !open.some((one) => one.seat === seat))
  if (open.length > 0 && stranger === undefined) {
    return open.filter(({ seat }) => named === undefined || named.includes(seat))
  }
  const others = [...new Set(offered.map(({ juror }) => juror))].join(',')
  const offer = named !== undefined || others.length === 0 ? '' : `If you vote for who has named you: --for ${others}. `
  throw new InputError(
    `Expected ${stranger === undefined ? 'a seat' : `seat ${stranger}`} of ${signer.address}, or one it votes for, got ${
      open.length === 0 ? 'none' : open.map(({ seat }) => seat).join(', ')
    }.`,
    `${offer}Look: ${look}`,
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
