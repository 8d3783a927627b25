// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ERC6909} from "@openzeppelin/contracts/token/ERC6909/ERC6909.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {IOpenInterest} from "../interfaces/IOpenInterest.sol";
import {ISettlementSource} from "../interfaces/ISettlementSource.sol";
import {ISplitVault} from "../interfaces/ISplitVault.sol";
import {FixingLib} from "../libraries/FixingLib.sol";
import {PayoffLib} from "../libraries/PayoffLib.sol";
import {Fixing, FixingId} from "../types/Fixing.sol";
import {Series, SeriesId} from "../types/Series.sol";

/// @title The vault of one oracle and one collateral
/// @notice See `ISplitVault`.
contract SplitVault is ISplitVault, ERC6909, ReentrancyGuardTransient {
    using FixingLib for Fixing;
    using SafeERC20 for IERC20;

    /// @notice Where settlements come from.
    ISettlementSource public immutable ORACLE;
    /// @notice What is split and paid: the oracle's bond token. Warning: a token that takes a fee on transfer is
    /// refused; one that rebases is not supported and can leave payouts short.
    IERC20 public immutable COLLATERAL;
    /// @notice The chain id at construction: a later fork of the chain must not orphan the funds.
    uint256 public immutable CHAIN_ID;

    /// @inheritdoc IOpenInterest
    /// @dev The collateral held for all series of a fixing: what holders are owed, and at most 1 wei more for every
    /// single leg that was redeemed. After maturity it only falls, and before the settlement only by merges, which
    /// pay the same at every settlement: what is left is what the settlement decides over.
    mapping(FixingId id => uint256) public openInterest;

    /// @param oracle must compute ids as `FixingId` says; `FixingIdMismatch` otherwise.
    /// @param collateral must be the oracle's bond token, or `openInterest` is in another unit than the bond.
    constructor(ISettlementSource oracle, IERC20 collateral) {
        ORACLE = oracle;
        COLLATERAL = collateral;
        CHAIN_ID = block.chainid;
        _requireSameIds(oracle);
    }

    /// @inheritdoc ISplitVault
    function createSeries(Series calldata series) external returns (SeriesId id) {
        _validate(series);
        id = seriesId(series);
        emit SeriesCreated(id, series.fixing.id(CHAIN_ID, address(ORACLE)), series);
        ORACLE.create(series.fixing);
    }

    /// @inheritdoc ISplitVault
    function split(Series calldata series, uint256 amount) external nonReentrant {
        if (amount == 0) revert EmptyAmount();
        _validate(series);
        uint64 maturity = series.fixing.maturity;
        // INVARIANT: the open interest of a fixing never rises from its maturity on.
        if (block.timestamp >= maturity) revert SplitClosed(uint64(block.timestamp), maturity);

        SeriesId id = seriesId(series);
        openInterest[series.fixing.id(CHAIN_ID, address(ORACLE))] += amount;
        _mint(msg.sender, id.pId(), amount);
        _mint(msg.sender, id.nId(), amount);
        emit Split(id, msg.sender, amount);

        _pull(amount);
    }

    /// @inheritdoc ISplitVault
    function merge(Series calldata series, uint256 amount) external nonReentrant {
        if (amount == 0) revert EmptyAmount();

        SeriesId id = seriesId(series);
        _burn(msg.sender, id.pId(), amount);
        _burn(msg.sender, id.nId(), amount);
        openInterest[series.fixing.id(CHAIN_ID, address(ORACLE))] -= amount;
        emit Merged(id, msg.sender, amount);

        COLLATERAL.safeTransfer(msg.sender, amount);
    }

    /// @inheritdoc ISplitVault
    function redeem(Series calldata series, uint256 pAmount, uint256 nAmount)
        external
        nonReentrant
        returns (uint256 paid)
    {
        if (pAmount == 0 && nAmount == 0) revert EmptyAmount();
        FixingId fixingId = series.fixing.id(CHAIN_ID, address(ORACLE));
        uint128 settlement = _settlement(series.fixing, fixingId);

        SeriesId id = seriesId(series);
        if (pAmount > 0) _burn(msg.sender, id.pId(), pAmount);
        if (nAmount > 0) _burn(msg.sender, id.nId(), nAmount);
        paid = PayoffLib.redeemed(pAmount, nAmount, series.strike, settlement, series.invalidSharePpm);
        openInterest[fixingId] -= paid;
        emit Redeemed(id, msg.sender, pAmount, nAmount, paid);

        COLLATERAL.safeTransfer(msg.sender, paid);
    }

    /// @inheritdoc ISplitVault
    function seriesId(Series calldata series) public view returns (SeriesId) {
        return series.id(CHAIN_ID, address(this));
    }

    /// @inheritdoc ISplitVault
    function pId(SeriesId id) external pure returns (uint256) {
        return id.pId();
    }

    /// @inheritdoc ISplitVault
    function nId(SeriesId id) external pure returns (uint256) {
        return id.nId();
    }

    /// @notice ERC-165: the vault, open interest and ERC-6909.
    function supportsInterface(bytes4 interfaceId) public view override returns (bool) {
        return interfaceId == type(ISplitVault).interfaceId || interfaceId == type(IOpenInterest).interfaceId
            || super.supportsInterface(interfaceId);
    }

    /// @dev Takes `amount` of collateral from the caller; a token that moves another amount is refused.
    function _pull(uint256 amount) private {
        uint256 balanceBefore = COLLATERAL.balanceOf(address(this));
        COLLATERAL.safeTransferFrom(msg.sender, address(this), amount);
        uint256 balanceAfter = COLLATERAL.balanceOf(address(this));
        uint256 got = balanceAfter > balanceBefore ? balanceAfter - balanceBefore : 0;
        // INVARIANT: the vault holds at least the open interest of all its fixings.
        if (got != amount) revert CollateralMismatch(got, amount);
    }

    /// @dev By id first, which spares the oracle some 3 000 gas of hashing; the whole fixing is needed only for one
    /// that expired without a proposal. Reverts with `NotSettled`.
    function _settlement(Fixing calldata fixing, FixingId fixingId) private view returns (uint128 value) {
        bool isSettled;
        (isSettled, value) = ORACLE.settlementOf(fixingId);
        if (!isSettled) value = ORACLE.settlement(fixing);
    }

    /// @dev The vault computes ids itself, since asking would cost every split some 5 000 gas. This refuses an oracle
    /// that would look for the open interest under other ids.
    function _requireSameIds(ISettlementSource oracle) private view {
        Fixing memory fixing;
        FixingId got = oracle.fixingId(fixing);
        FixingId want = FixingId.wrap(keccak256(abi.encode(block.chainid, address(oracle), fixing)));
        if (FixingId.unwrap(got) != FixingId.unwrap(want)) revert FixingIdMismatch(got, want);
    }

    function _validate(Series calldata series) private pure {
        series.fixing.validate();
        if (series.strike == 0) revert StrikeZero();
        if (series.invalidSharePpm > PayoffLib.PPM) {
            revert InvalidShareOutOfBounds(series.invalidSharePpm, uint32(PayoffLib.PPM));
        }
    }
}
