import { keccak256, type LocalAccount, stringToHex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import type { Hex } from 'viem'
import { ONE_ETHER } from '../format.ts'

/** Somebody in the demo, with a throw-away key that the seed determines. */
export type Person = {
  readonly name: string
  readonly role: 'deployer' | 'user' | 'attacker' | 'member' | 'reporter' | 'owner'
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
  /** The nodes' signers: kept hot, with the money that the nodes may stake. */
  readonly reporters: readonly Person[]
  /** Who owns the reporter of the same place: kept cold, with the stake in the registry. */
  readonly owners: readonly Person[]
}

/** What a reporter's node and its owner have to begin with, wei. */
export type ReporterFunds = { readonly node: bigint; readonly owner: bigint }

const COUNCIL = ['Ada', 'Bede', 'Clio', 'Dora', 'Emil']
const BACKUP = ['Faye', 'Gwen', 'Hugo', 'Ines', 'Jude']

/** Everybody in the demo, with as many `reporters`. */
export function castPeople(seed: number, reporters: number, funds: ReporterFunds): People {
  const person = (name: string, role: Person['role'], wei: bigint): Person => {
    const privateKey = keccak256(stringToHex(`assize demo ${seed} ${name}`))
    return { name, role, privateKey, account: privateKeyToAccount(privateKey), funds: wei }
  }
  const names = Array.from({ length: reporters }, (_, i) => `reporter-${i + 1}`)
  return {
    deployer: person('deployer', 'deployer', ONE_ETHER),
    alice: person('alice', 'user', 2_102n * ONE_ETHER),
    bob: person('bob', 'user', 1_002n * ONE_ETHER),
    carol: person('carol', 'user', 1_000n * ONE_ETHER),
    attacker: person('mallory', 'attacker', 1_101n * ONE_ETHER),
    council: COUNCIL.map((name) => person(name, 'member', ONE_ETHER)),
    backupCouncil: BACKUP.map((name) => person(name, 'member', ONE_ETHER)),
    reporters: names.map((name) => person(name, 'reporter', funds.node)),
    owners: names.map((name) => person(`owner of ${name}`, 'owner', funds.owner)),
  }
}

/** All of them in one list. */
export function everybody(people: People): Person[] {
  const { deployer, alice, bob, carol, attacker, council, backupCouncil, reporters, owners } = people
  return [deployer, alice, bob, carol, attacker, ...council, ...backupCouncil, ...reporters, ...owners]
}

/** Who owns the reporter whose signer is `reporter`, one of `people.reporters`. */
export function ownerOf(people: People, reporter: Person): Person {
  const owner = people.owners[people.reporters.indexOf(reporter)]
  if (owner === undefined) throw new RangeError(`${reporter.name} has no owner`)
  return owner
}
