import { type Abi, type Address, type ContractFunctionArgs, type ContractFunctionName, encodeFunctionData } from 'viem'
import type { Call } from './send.ts'

/** What changes something, and so is sent. */
type Sent = 'nonpayable' | 'payable'

/** The transaction that calls a function of the contract at `to`, which the ABI has, with the arguments that it takes there. */
export function callOf<const abi extends Abi, name extends ContractFunctionName<abi, Sent>>(
  to: Address,
  abi: abi,
  name: name,
  args: ContractFunctionArgs<abi, Sent, name>,
): Call {
  // With an ABI that is not known here the type of its arguments is none: whoever calls this was held to it.
  const call: { abi: Abi; functionName: string; args: readonly unknown[] } = {
    abi,
    functionName: name,
    args: args as readonly unknown[],
  }
  return { name, to, data: encodeFunctionData(call) }
}
