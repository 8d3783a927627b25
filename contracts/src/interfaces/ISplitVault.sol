// SPDX-License-Identifier: MIT
pragma solidity ^0.8.19;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC6909} from "@openzeppelin/contracts/interfaces/IERC6909.sol";

import {Fixing, FixingId} from "../types/Fixing.sol";
import {Series, SeriesId} from "../types/Series.sol";
import {IOpenInterest} from "./IOpenInterest.sol";
import {ISettlementSource} from "./ISettlementSource.sol";

/// @title A vault that splits collateral into P and N at any time and pays them at the settlement
/// @notice 1 unit of collateral splits into 1 P and 1 N of a series, and 1 P and 1 N merge back into it: nothing is
/// ever liquidated. After the fixing settles at x, P pays `min(1, S/x)` of a unit and N the rest. P and N are
/// ERC-6909 ids of the vault. One vault has one oracle, one collateral, and a rate between it and the oracle's bond token, in
/// which open interest and security are measured. If the collateral is the bond token, wrapped ether, ether itself can be
/// put in and taken out. Several calls go in one transaction by `multicall(bytes[])`, which an interface cannot declare beside
/// OpenZeppelin's `Multicall`. No owner, no fee, no parameter that can change.
/// Warning: INVALID is a reachable settlement, and pays `invalidSharePpm`: whoever buys P or N must price it.
interface ISplitVault is IOpenInterest, IERC6909 {
    /// @notice `series` was announced. With `Created` of the oracle, the place where its struct can be recovered.
    event SeriesCreated(SeriesId indexed id, FixingId indexed fixingId, Series series);
    /// @notice `holder` put `amount` in for as much P and as much N.
    event Split(SeriesId indexed id, address indexed holder, uint256 amount);
    /// @notice `holder` gave `amount` of P and of N back for `amount` of collateral.
    event Merged(SeriesId indexed id, address indexed holder, uint256 amount);
    /// @notice `holder` burned `pAmount` of P and `nAmount` of N for `paid`.
    event Redeemed(SeriesId indexed id, address indexed holder, uint256 pAmount, uint256 nAmount, uint256 paid);

    /// @notice The oracle's ids are not `keccak256(abi.encode(chainId, oracle, fixing))`.
    error FixingIdMismatch(FixingId got, FixingId want);
    /// @notice A strike of zero makes P worth nothing at every settlement.
    error StrikeZero();
    /// @notice P's share at INVALID is more than the whole, ppm.
    error InvalidShareOutOfBounds(uint32 got, uint32 max);
    /// @notice Nothing would move.
    error EmptyAmount();
    /// @notice The index may be known: splitting ended at `maturity`.
    error SplitClosed(uint64 nowTime, uint64 maturity);
    /// @notice The vault would hold `got` for a fixing whose arbitrators secure `most`, collateral wei.
    error AboveSecured(uint256 got, uint256 most);
    /// @notice The collateral's worth is out of bounds, bond-token wei per 1e18 wei.
    error BondRateOutOfBounds(uint256 got, uint256 min, uint256 max);
    /// @notice Only a vault of wrapped ether takes and pays ether.
    error NotEther();
    /// @notice A transfer moved `got` instead of `want`: the collateral token is not supported.
    error CollateralMismatch(uint256 got, uint256 want);

    /// @notice Announces `series`, and its fixing to the oracle (R-101): validates it and emits `SeriesCreated`; stores
    /// nothing, so that it can be called again.
    /// Reverts with `IMaturityOracle.ParameterOutOfBounds` if the fixing is out of the oracle's bounds, `StrikeZero` or
    /// `InvalidShareOutOfBounds`.
    /// Warning: `split` does not require it. Nodes protect only fixings that were announced: check for `Created`.
    function createSeries(Series calldata series) external returns (SeriesId id);

    /// @notice Takes exactly `amount` of collateral from the caller, who must have approved it, and mints `amount` of
    /// P and of N to the caller. Before maturity only: later splits could raise the open interest for the moment at
    /// which a proposal's bond is computed.
    /// Validates as `createSeries` does, so that collateral is only ever
    /// taken for a fixing that settles by its `worstCase`, and takes no more for a fixing than `mostCollateral`.
    /// Reverts with `EmptyAmount`, as `createSeries` does, with `SplitClosed`, `AboveSecured` or `CollateralMismatch`.
    function split(Series calldata series, uint256 amount) external;

    /// @notice As `split`, with the ether that is sent. Reverts as `split` does, or with `NotEther`.
    function splitEther(Series calldata series) external payable;

    /// @notice Burns `amount` of P and of N of the caller and pays `amount` of collateral. Works always.
    /// Reverts with `EmptyAmount` or `ERC6909InsufficientBalance`.
    function merge(Series calldata series, uint256 amount) external;

    /// @notice As `merge`, paid in ether. Reverts as `merge` does, with `NotEther`, or as the caller does when it is paid.
    function mergeToEther(Series calldata series, uint256 amount) external;

    /// @notice Burns `pAmount` of P and `nAmount` of N of the caller and pays their worth at the settlement: equal
    /// amounts exactly 1:1, what is left of one leg rounded down (at most 1 wei, which stays in the vault).
    /// Where that is nothing, the legs are burned and the collateral is not called.
    /// Reverts with `EmptyAmount` if both are zero, `ISettlementSource.NotSettled` or `ERC6909InsufficientBalance`.
    function redeem(Series calldata series, uint256 pAmount, uint256 nAmount) external returns (uint256 paid);

    /// @notice As `redeem`, paid in ether. Reverts as `redeem` does, with `NotEther`, or as the caller does when it is paid.
    function redeemToEther(Series calldata series, uint256 pAmount, uint256 nAmount) external returns (uint256 paid);

    /// @notice Where settlements come from.
    function ORACLE() external view returns (ISettlementSource);

    /// @notice What is split and paid. Warning: a token that takes a fee on transfer is refused. One that charges its sender on top, or
    /// that rebases, is not supported, cannot be told from others at a split, and leaves payouts short: whoever comes last is not paid in full. To
    /// refuse such a payout would keep everybody's collateral.
    function COLLATERAL() external view returns (IERC20);

    /// @notice What 1e18 wei of collateral are worth, bond-token wei, as whoever deployed says: what bonds and security are
    /// measured by. 1e18 if the collateral is the bond token itself.
    function BOND_RATE() external view returns (uint256);

    /// @notice The chain id at construction: a later fork of the chain must not orphan the funds.
    function CHAIN_ID() external view returns (uint256);

    /// @notice The collateral held for all series of fixing `id`, wei.
    function collateralOf(FixingId id) external view returns (uint256);

    /// @notice The most collateral that the vault takes for `fixing` now, wei: what its arbitrators secure at the vault's
    /// oracle (R-530), in collateral.
    /// It can fall below what is held already, which can be merged and redeemed as ever. Reverts with
    /// `ISecurityLens.NotEnoughGas` if too little is left to ask them.
    /// Warning: per fixing, and by what arbitrators say of themselves. Who wins one over rules on all of its fixings for one price, and what
    /// others hold on the same fixing is not counted.
    function mostCollateral(Fixing calldata fixing) external view returns (uint256);

    /// @notice The id of `series` in this vault: `keccak256(abi.encode(chainId, vault, series))`, the chain id taken
    /// at construction, so that a later fork does not orphan funds. Does not validate.
    function seriesId(Series calldata series) external view returns (SeriesId);

    /// @notice The ERC-6909 id of the P of `id`: `uint256(keccak256(abi.encodePacked(id, "P")))`.
    function pId(SeriesId id) external pure returns (uint256);

    /// @notice The ERC-6909 id of the N of `id`: `uint256(keccak256(abi.encodePacked(id, "N")))`.
    function nId(SeriesId id) external pure returns (uint256);
}
