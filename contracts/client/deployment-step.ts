import { type Address, getContractAddress, type Hex, zeroHash } from 'viem'

/** The CREATE2 deployer that every chain has at the same address: Arachnid's deterministic-deployment-proxy. */
export const CREATE2_DEPLOYER: Address = '0x4e59b44847b379578588920cA78FbF26c0B4956C'

/** One contract to be created by CREATE2 with salt 0: its address is a function of its init code alone. */
export type DeploymentStep = {
  /** What it is in the deployment: a contract may be in it twice. */
  readonly name: string
  /** Its name in contracts/src, or WETH9. */
  readonly contract: string
  readonly initCode: Hex
  /** What follows the creation code in it: ABI-encoded, as explorers ask for it. */
  readonly constructorArguments: Hex
  readonly address: Address
}

/** What makes a {@link DeploymentStep}: `initCode` is the creation code with the constructor's arguments after it. */
export type Creation = {
  readonly contract: string
  readonly creationCode: Hex
  readonly initCode: Hex
  readonly name?: string
}

/** The step that creates it; named as its contract unless `name` says otherwise. */
export function stepOf({ contract, creationCode, initCode, name = contract }: Creation): DeploymentStep {
  const constructorArguments: Hex = `0x${initCode.slice(creationCode.length)}`
  const address = getContractAddress({ opcode: 'CREATE2', from: CREATE2_DEPLOYER, salt: zeroHash, bytecode: initCode })
  return { name, contract, initCode, constructorArguments, address }
}
