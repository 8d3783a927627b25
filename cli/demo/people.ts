import { keccak256, type LocalAccount, stringToHex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import type { Hex } from 'viem'

const ETHER = 10n ** 18n

/** Somebody in the demo, with a throw-away key that the seed determines. */
export type Person = {
  readonly name: string
  readonly role: 'deployer' | 'user' | 'attacker' | 'member' | 'reporter'
  readonly account: LocalAccount
  readonly privateKey: Hex
  /** ETH to begin with, wei. */
  readonly funds: bigint
}

/** Everybody. */
export type People = {
  readonly deployer: Person
  /** Splits and keeps both legs, merges some. */
  readonly alice: Person
  /** Splits, keeps P and N, funds the reward. */
  readonly bob: Person
  /** Buys P from the attacker. */
  readonly carol: Person
  /** Holds N, which a value that is too high makes worth more. */
  readonly attacker: Person
  readonly council: readonly Person[]
  readonly backupCouncil: readonly Person[]
  readonly reporters: readonly Person[]
}

const COUNCIL = ['Ada', 'Bede', 'Clio', 'Dora', 'Emil']
const BACKUP = ['Faye', 'Gwen', 'Hugo', 'Ines', 'Jude']

/** Everybody in the demo; `reporterFunds` is what each reporter begins with, wei. */
export function castPeople(seed: number, reporters: number, reporterFunds: bigint): People {
  const person = (name: string, role: Person['role'], funds: bigint): Person => {
    const privateKey = keccak256(stringToHex(`assize demo ${seed} ${name}`))
    return { name, role, privateKey, account: privateKeyToAccount(privateKey), funds }
  }
  return {
    deployer: person('deployer', 'deployer', ETHER),
    alice: person('alice', 'user', 2_102n * ETHER),
    bob: person('bob', 'user', 1_002n * ETHER),
    carol: person('carol', 'user', 1_000n * ETHER),
    attacker: person('mallory', 'attacker', 1_101n * ETHER),
    council: COUNCIL.map((name) => person(name, 'member', ETHER)),
    backupCouncil: BACKUP.map((name) => person(name, 'member', ETHER)),
    reporters: Array.from({ length: reporters }, (_, i) => person(`reporter-${i + 1}`, 'reporter', reporterFunds)),
  }
}

/** All of them in one list. */
export function everybody(people: People): Person[] {
  const { deployer, alice, bob, carol, attacker, council, backupCouncil, reporters } = people
  return [deployer, alice, bob, carol, attacker, ...council, ...backupCouncil, ...reporters]
}
