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
    'collateralOf[series.fixing.id(CHAIN_ID, address(ORACLE))] -= amount;',
    'if (block.timestamp >= series.fixing.maturity) revert EmptyAmount();\n        collateralOf[series.fixing.id(CHAIN_ID, address(ORACLE))] -= amount;',
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
    'collateralOf[series.fixing.id(CHAIN_ID, address(ORACLE))] -= amount;',
    '',
  ],
  [
    'R-604',
    'open interest is in bond token',
    VAULT,
    'Math.mulDiv(collateralOf[id], BOND_RATE, RATE_UNIT, Math.Rounding.Ceil)',
    'collateralOf[id]',
  ],
  ['R-604', 'open interest rounds up', VAULT, 'RATE_UNIT, Math.Rounding.Ceil)', 'RATE_UNIT)'],
  [
    'R-604',
    'the rate is bounded',
    VAULT,
    'if (bondRate < min || bondRate > max)',
    'if (bondRate == 0 && bondRate > max)',
  ],
  ['R-605', 'no more is taken than is secured', VAULT, 'if (collateral > most)', 'if (amount > most)'],
  [
    'R-605',
    'what is secured bounds a split',
    VAULT,
    'if (collateral > most) revert AboveSecured(collateral, most);',
    'if (collateral > most && most == 0) revert AboveSecured(collateral, most);',
  ],
  [
    'R-605',
    'who is above it can leave',
    VAULT,
    'collateralOf[series.fixing.id(CHAIN_ID, address(ORACLE))] -= amount;',
    'collateralOf[series.fixing.id(CHAIN_ID, address(ORACLE))] -= amount;\n        if (mostCollateral(series.fixing) == 0) revert EmptyAmount();',
  ],
  [
    'R-605',
    'who cannot be read secures nothing',
    'contracts/src/libraries/SecurityLib.sol',
    'return isRead ? word : 0;',
    'return isRead ? word : type(uint256).max;',
  ],
  [
    'R-605',
    'who rules at another oracle secures nothing',
    VAULT,
    'SecurityLib.securedAt(fixing, address(ORACLE))',
    'SecurityLib.securedUpTo(fixing)',
  ],
  ['R-605', 'security is in bond token', VAULT, 'RATE_UNIT, BOND_RATE), MAX', 'RATE_UNIT, RATE_UNIT), MAX'],
  [
    'R-605',
    'what an arbitrator claims is bounded',
    VAULT,
    'Math.min(SecurityLib.securedAt(fixing, address(ORACLE)), _mostInterest(fixing.bondPpm))',
    'SecurityLib.securedAt(fixing, address(ORACLE))',
  ],
  [
    'R-605',
    'what is taken is bounded',
    VAULT,
    'return Math.min(Math.mulDiv(secured, RATE_UNIT, BOND_RATE), MAX_AMOUNT);',
    'return Math.mulDiv(secured, RATE_UNIT, BOND_RATE);',
  ],
  ['R-606', 'ether is for a vault of it', VAULT, 'if (!IS_ETHER) revert NotEther();\n        _split', '_split'],
  [
    'R-606',
    'payouts in ether are of a vault of it',
    VAULT,
    'if (!IS_ETHER) revert NotEther();\n        if (amount == 0) return;',
    'if (amount == 0) return;',
  ],
  [
    'R-606',
    'ether comes from unwrapping',
    VAULT,
    'if (!IS_ETHER || msg.sender != address(COLLATERAL)) revert NotEther();',
    'if (!IS_ETHER) revert NotEther();',
  ],
  ['R-606', 'what is sent is split', VAULT, '_split(series, msg.value);', '_split(series, msg.value / 2);'],
  [
    'R-606',
    'a merge pays ether',
    VAULT,
    '_merge(series, amount);\n        _payEther(amount);',
    '_merge(series, amount);\n        COLLATERAL.safeTransfer(msg.sender, amount);',
  ],
  ['R-606', 'a redemption pays ether', VAULT, '_payEther(paid);', 'COLLATERAL.safeTransfer(msg.sender, paid);'],
]

/** Council and vault, beside network-edits.ts: each rule turned off, one at a time. */
export const CONSUMER_EDITS: readonly DisablingEdit[] = editsOf(ROWS)
