/** A bug planted in a copy of the contract: `find`, which occurs once in `file`, becomes `replace`. */
export type PlantedContract = {
  readonly bug: string
  readonly file: string
  readonly find: string
  readonly replace: string
}

const ORACLE = 'contracts/src/MaturityOracle.sol'
const BOND = 'contracts/src/libraries/BondLib.sol'
const DISPUTE = 'contracts/src/libraries/DisputeLib.sol'
const DISTANCE = 'contracts/src/libraries/DistanceLib.sol'
const HEAD = 'contracts/src/libraries/HeadLib.sol'
const OPEN_INTEREST = 'contracts/src/libraries/OpenInterestLib.sol'
const PAYOUT = 'contracts/src/libraries/PayoutLib.sol'

/** One for each way in which the contract could be wrong by little: a second, a wei, one candidate, one check. */
export const PLANTED_CONTRACTS: readonly PlantedContract[] = [
  {
    bug: 'a leader can be disputed in the second of its deadline',
    file: DISPUTE,
    find: 'block.timestamp < head.deadline() ? Phase.Active',
    replace: 'block.timestamp <= head.deadline() ? Phase.Active',
  },
  {
    bug: 'the arbitrator rules in the second of its backup',
    file: ORACLE,
    find: 'block.timestamp < uint256(dispute.arbitratedAt)',
    replace: 'block.timestamp <= uint256(dispute.arbitratedAt)',
  },
  {
    bug: 'separation must be exceeded rather than reached',
    file: DISTANCE,
    find: '_gap(a, b) * PPM >= separationPpm',
    replace: '_gap(a, b) * PPM > separationPpm',
  },
  {
    bug: 'a tie goes to the earliest candidate, not to the leader',
    file: DISTANCE,
    find: 'index = leader;',
    replace: 'index = leader * 0;',
  },
  {
    bug: 'the nearest candidate is found by difference rather than by ratio',
    file: DISTANCE,
    find: '_gap(a, f) * _smaller(b, f) < _gap(b, f) * _smaller(a, f)',
    replace: '_gap(a, f) < _gap(b, f)',
  },
  {
    bug: "an appeal's stake is rounded down",
    file: BOND,
    find: '(total + APPEAL_DIVISOR - 1) / APPEAL_DIVISOR',
    replace: 'total / APPEAL_DIVISOR',
  },
  {
    bug: 'a live appeal pot can be left',
    file: ORACLE,
    find: 'bool isLive = round == head.round()',
    replace: 'bool isLive = kind == Kind.Stake && round == head.round()',
  },
  {
    bug: 'a claim can be made from within another',
    file: ORACLE,
    find: `function claim(Fixing calldata fixing, Kind kind, uint8 round, uint128 value)
        external
        nonReentrant`,
    replace: `function claim(Fixing calldata fixing, Kind kind, uint8 round, uint128 value)
        external`,
  },
  {
    bug: 'the reward counts from the first dispute rather than from the proposal',
    file: ORACLE,
    find: 'dispute.proposedAt = uint40(head.deadline() - fixing.firstWindow);',
    replace: 'dispute.proposedAt = uint40(block.timestamp);',
  },
  {
    bug: 'a token that delivers more than told is taken',
    file: ORACLE,
    find: 'if (got != amount) revert TransferMismatch',
    replace: 'if (got < amount) revert TransferMismatch',
  },
  {
    bug: 'a fourth leader is taken for a new candidate only after three',
    file: HEAD,
    find: 'leaderAt(head, 4) == candidates',
    replace: 'leaderAt(head, 4) == 3',
  },
  {
    bug: 'an open interest of 31 bytes is believed',
    file: OPEN_INTEREST,
    find: 'gt(returndatasize(), 0x1f)',
    replace: 'gt(returndatasize(), 0x1e)',
  },
  {
    bug: "an appeal's parts are added before they are rounded",
    file: PAYOUT,
    find: '(burned * ((stake * shared) / base + bonus)) / (stake + fee)',
    replace: '(burned * (stake * shared + base * bonus)) / base / (stake + fee)',
  },
]
