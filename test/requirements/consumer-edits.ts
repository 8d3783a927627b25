import { type DisablingEdit, type EditRow, editsOf } from './disabling-edit.ts'

const COUNCIL = 'contracts/src/arbitrators/CouncilArbitrator.sol'
const VAULT = 'contracts/src/consumers/SplitVault.sol'
const PAYOFF = 'contracts/src/libraries/PayoffLib.sol'
const TWIN = 'contracts/protocol/payoff.ts'

const ROWS: readonly EditRow[] = [
  [
    'R-510',
    'the digest is that of EIP-712',
    COUNCIL,
    'Ruling(bytes32 fixingId,uint128 value)',
    'Ruling(bytes32 fixingId,uint256 value)',
  ],
  [
    'R-510',
    'signers are different',
    COUNCIL,
    'if (i > 0 && index <= signatures[i - 1].index) {',
    'if (i > 0 && index < signatures[i - 1].index) {',
  ],
  [
    'R-510',
    'the fee is shared among all who signed',
    COUNCIL,
    'uint256 share = fee / count;',
    'uint256 share = fee / THRESHOLD;',
  ],
  ['R-510', 'the fee is shared to the wei', COUNCIL, 'uint256 next = share + fee % count;', 'uint256 next = share;'],
  ['R-601', 'a split mints both legs', VAULT, '_mint(msg.sender, id.nId(), amount);', ''],
  ['R-601', 'a series is within bounds', VAULT, '_validate(series);\n        uint64 maturity', 'uint64 maturity'],
  [
    'R-602',
    'merging is always possible',
    VAULT,
    'openInterest[series.fixing.id(CHAIN_ID, address(ORACLE))] -= amount;',
    'if (block.timestamp >= series.fixing.maturity) revert EmptyAmount();\n        openInterest[series.fixing.id(CHAIN_ID, address(ORACLE))] -= amount;',
  ],
  [
    'R-603',
    'pairs are paid exactly',
    PAYOFF,
    'return pairs + Math.mulDiv(rest, share, denominator);',
    'return Math.mulDiv(pairs + rest, share, denominator);',
  ],
  [
    'R-603',
    'at INVALID P has its share',
    PAYOFF,
    'if (settlement == DistanceLib.INVALID) return (invalidSharePpm, PPM);',
    'if (settlement == DistanceLib.INVALID) return (PPM - invalidSharePpm, PPM);',
  ],
  [
    'R-603',
    'the twin divides alike',
    TWIN,
    'return settlement <= strike ? amount : (amount * strike) / settlement',
    'return settlement <= strike ? amount : (amount * settlement) / strike',
  ],
  [
    'R-604',
    'open interest falls with every merge',
    VAULT,
    'openInterest[series.fixing.id(CHAIN_ID, address(ORACLE))] -= amount;',
    '',
  ],
]

/** Council and vault, beside network-edits.ts: each rule turned off, one at a time. */
export const CONSUMER_EDITS: readonly DisablingEdit[] = editsOf(ROWS)
