import { type Abi, parseAbi } from 'viem'
import { printable } from '#protocol/printable.ts'
import type { RevertText } from './revert-text.ts'

/** What tokens revert with (ERC-6093); our own contracts' ABIs have ERC-6909's. */
export const TOKEN_ERRORS: Abi = parseAbi([
  'error ERC20InsufficientBalance(address sender, uint256 balance, uint256 needed)',
  'error ERC20InsufficientAllowance(address spender, uint256 allowance, uint256 needed)',
  'error ERC20InvalidSender(address sender)',
  'error ERC20InvalidReceiver(address receiver)',
  'error ERC20InvalidApprover(address approver)',
  'error ERC20InvalidSpender(address spender)',
])

const APPROVE = 'Approve it on the token first: approve(spender, amount), which is approveCall in client/weth.'
const GET_MORE = 'Get what is missing first, or name a smaller amount.'
const NAME_ANOTHER = 'Name another account.'

/** What every contract may revert with, whoever wrote it: the standards' errors, and Solidity's own. */
export const STANDARD_TEXTS: Readonly<Record<string, (args: readonly unknown[]) => RevertText>> = {
  ERC20InsufficientBalance: ([holder, got, want]) => ({
    expected: `Expected ${String(holder)} to hold ${String(want)} base units of the token, got ${shortOf(got, want)}.`,
    hint: GET_MORE,
  }),
  ERC20InsufficientAllowance: ([spender, got, want]) => ({
    expected: `Expected ${String(spender)} to be approved for ${String(want)} base units of the token, got ${shortOf(got, want)}.`,
    hint: APPROVE,
  }),
  ERC6909InsufficientBalance: ([holder, got, want, id]) => ({
    expected: `Expected ${String(holder)} to hold ${String(want)} base units of id ${String(id)}, got ${shortOf(got, want)}.`,
    hint: GET_MORE,
  }),
  ERC6909InsufficientAllowance: ([spender, got, want, id]) => ({
    expected: `Expected ${String(spender)} to be approved for ${String(want)} base units of id ${String(id)}, got ${shortOf(got, want)}.`,
    hint: 'Have its holder approve it first: approve(spender, id, amount), which is approveLegCall in client/vault for a leg.',
  }),
  ERC20InvalidReceiver: ([got]) => toAnother('receiver', got),
  ERC20InvalidSpender: ([got]) => toAnother('spender', got),
  ERC20InvalidSender: ([got]) => toAnother('sender', got),
  ERC20InvalidApprover: ([got]) => toAnother('holder', got),
  ERC6909InvalidReceiver: ([got]) => toAnother('receiver', got),
  ERC6909InvalidSpender: ([got]) => toAnother('spender', got),
  ERC6909InvalidSender: ([got]) => toAnother('sender', got),
  ERC6909InvalidApprover: ([got]) => toAnother('holder', got),
  StringTooLong: ([got]) => ({
    expected: `Expected a text of at most 31 bytes, got ${quoted(got)}.`,
    hint: 'Give a shorter one.',
  }),
  InvalidShortString: () => ({
    expected: 'Expected a short text in the code of the contract, got none.',
    hint: 'Check the address: no contract of ours is built so.',
  }),
  SafeERC20FailedOperation: ([token]) => ({
    expected: `Expected token ${String(token)} to move what it was told to, got a refusal.`,
    hint: 'Check the balance and the allowance of that token, and whether it is one.',
  }),
  Error: ([reason]) => ({ expected: `Expected the call to succeed, got ${quoted(reason)}.`, hint: remedyOf(reason) }),
  Panic: ([code]) => ({
    expected: `Expected the call to succeed, got panic ${PANICS[Number(code)] ?? String(code)}.`,
    hint: 'A figure is out of the range that the contract reckons in: check what the call was given.',
  }),
}

/** Those of Solidity's codes that calls from outside can bring about. */
const PANICS: Readonly<Record<number, string>> = {
  0x01: '0x01, an assertion that failed',
  0x11: '0x11, an overflow',
  0x12: '0x12, a division by zero',
  0x21: '0x21, a value that its enumeration lacks',
  0x32: '0x32, an index out of bounds',
  0x41: '0x41, more memory than there is',
}

function toAnother(role: string, got: unknown): RevertText {
  return { expected: `Expected a ${role} that tokens can have, got ${String(got)}.`, hint: NAME_ANOTHER }
}

/** What there is, and how much of what is wanted that leaves missing. */
function shortOf(got: unknown, want: unknown): string {
  const missing = typeof got === 'bigint' && typeof want === 'bigint' && want > got ? `: ${want - got} missing` : ''
  return `${String(got)}${missing}`
}

const MOST_SHOWN = 200

/** Words of a contract that anyone may have written, with nothing in them that a terminal obeys. */
function quoted(reason: unknown): string {
  return printable(JSON.stringify(String(reason).slice(0, MOST_SHOWN)))
}

/** As tokens from before ERC-6093 put it. */
function remedyOf(reason: unknown): string {
  if (/allowance/i.test(String(reason))) return APPROVE
  if (/exceeds balance|insufficient[- ]balance/i.test(String(reason))) return GET_MORE
  return 'The contract that was called says so, or one that it calls, such as the token.'
}
