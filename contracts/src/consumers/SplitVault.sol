// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ERC6909} from "@openzeppelin/contracts/token/ERC6909/ERC6909.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IOpenInterest} from "../interfaces/IOpenInterest.sol";
import {IOracleConstants} from "../interfaces/IOracleConstants.sol";
import {ISettlementSource} from "../interfaces/ISettlementSource.sol";
import {ISplitVault} from "../interfaces/ISplitVault.sol";
import {IWeth} from "../interfaces/IWeth.sol";
import {FixingLib} from "../libraries/FixingLib.sol";
import {PayoffLib} from "../libraries/PayoffLib.sol";
import {SecurityLib} from "../libraries/SecurityLib.sol";
import {SettlementLib} from "../libraries/SettlementLib.sol";
import {Fixing, FixingId} from "../types/Fixing.sol";
import {Series, SeriesId} from "../types/Series.sol";

/// @title The vault of one oracle and one collateral
/// @notice See `ISplitVault`.
contract SplitVault is ISplitVault, ERC6909, ReentrancyGuardTransient, Multicall {
    using Address for address payable;
    using FixingLib for Fixing;
    using SafeERC20 for IERC20;

    /// @dev The unit of `BOND_RATE`.
    uint256 private constant RATE_UNIT = 1e18;
    /// @dev Keeps every product below 2^256, whatever arbitrators say of themselves.
    uint256 private constant MAX_AMOUNT = type(uint128).max;
    /// @dev What the oracle's head has room for.
    uint256 private constant MAX_BOND = 1 << 80;

    /// @inheritdoc ISplitVault
    ISettlementSource public immutable ORACLE;
    /// @inheritdoc ISplitVault
    IERC20 public immutable COLLATERAL;
    /// @inheritdoc ISplitVault
    uint256 public immutable BOND_RATE;
    /// @inheritdoc ISplitVault
    uint256 public immutable CHAIN_ID;

    /// @dev Whether the collateral is the oracle's bond token, which is wrapped ether.
    bool private immutable IS_ETHER;

    /// @inheritdoc ISplitVault
    /// @dev What holders are owed, and at most 1 wei more for every single leg that was redeemed. After maturity it only
    /// falls, and before the settlement only by merges, which pay the same at every settlement: what is left is what the
    /// settlement decides over.
    mapping(FixingId id => uint256) public collateralOf;

    /// @param oracle must compute ids as `FixingId` says; `FixingIdMismatch` otherwise.
    /// @param collateral any ERC-20 that moves what it says.
    /// @param bondRate bond-token wei per 1e18 wei of collateral, 1 .. 2^128 - 1, and 1e18 for the bond token itself;
    /// `BondRateOutOfBounds` otherwise. Too low a rate asks for too small a bond: take what the collateral may be worth at most.
    constructor(ISettlementSource oracle, IERC20 collateral, uint256 bondRate) {
        ORACLE = oracle;
        COLLATERAL = collateral;
        CHAIN_ID = block.chainid;
        IS_ETHER = address(IOracleConstants(address(oracle)).BOND_TOKEN()) == address(collateral);
        (uint256 min, uint256 max) = IS_ETHER ? (RATE_UNIT, RATE_UNIT) : (1, MAX_AMOUNT);
        if (bondRate < min || bondRate > max) revert BondRateOutOfBounds(bondRate, min, max);
        BOND_RATE = bondRate;
        _requireSameIds(oracle);
    }

    /// @dev Ether comes from unwrapping only.
    receive() external payable {
        if (!IS_ETHER || msg.sender != address(COLLATERAL)) revert NotEther();
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
        _split(series, amount);
        uint256 balanceBefore = COLLATERAL.balanceOf(address(this));
        COLLATERAL.safeTransferFrom(msg.sender, address(this), amount);
        _requireGot(amount, balanceBefore);
    }

    /// @inheritdoc ISplitVault
    function splitEther(Series calldata series) external payable nonReentrant {
        if (!IS_ETHER) revert NotEther();
        _split(series, msg.value);
        uint256 balanceBefore = COLLATERAL.balanceOf(address(this));
        IWeth(address(COLLATERAL)).deposit{value: msg.value}();
        _requireGot(msg.value, balanceBefore);
    }

    /// @inheritdoc ISplitVault
    function merge(Series calldata series, uint256 amount) external nonReentrant {
        _merge(series, amount);
        COLLATERAL.safeTransfer(msg.sender, amount);
    }

    /// @inheritdoc ISplitVault
    function mergeToEther(Series calldata series, uint256 amount) external nonReentrant {
        _merge(series, amount);
        _payEther(amount);
    }

    /// @inheritdoc ISplitVault
    function redeem(Series calldata series, uint256 pAmount, uint256 nAmount)
        external
        nonReentrant
        returns (uint256 paid)
    {
        paid = _redeem(series, pAmount, nAmount);
        // Some tokens refuse to move nothing, which is what a worthless leg pays.
        if (paid > 0) COLLATERAL.safeTransfer(msg.sender, paid);
    }

    /// @inheritdoc ISplitVault
    function redeemToEther(Series calldata series, uint256 pAmount, uint256 nAmount)
        external
        nonReentrant
        returns (uint256 paid)
    {
        paid = _redeem(series, pAmount, nAmount);
        _payEther(paid);
    }

    /// @inheritdoc IOpenInterest
    function openInterest(FixingId id) external view returns (uint256) {
        return Math.mulDiv(collateralOf[id], BOND_RATE, RATE_UNIT, Math.Rounding.Ceil);
    }

    /// @inheritdoc ISplitVault
    /// @dev Of n wei of bond token floor(n * 1e18 / rate) of collateral are worth no more than n, to the wei.
    function mostCollateral(Fixing calldata fixing) public view returns (uint256) {
        uint256 secured = Math.min(SecurityLib.securedAt(fixing, address(ORACLE)), _mostInterest(fixing.bondPpm));
        return Math.min(Math.mulDiv(secured, RATE_UNIT, BOND_RATE), MAX_AMOUNT);
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
    function supportsInterface(bytes4 interfaceId) public view override(ERC6909, IERC165) returns (bool) {
        return interfaceId == type(ISplitVault).interfaceId || interfaceId == type(IOpenInterest).interfaceId
            || super.supportsInterface(interfaceId);
    }

    /// @dev The open interest whose bond the oracle still takes: above 2^80 nobody could propose (R-201).
    function _mostInterest(uint32 bondPpm) private pure returns (uint256) {
        return bondPpm == 0 ? MAX_AMOUNT : (MAX_BOND * PayoffLib.PPM) / bondPpm;
    }

    /// @dev Everything of a split but the collateral, which comes last.
    function _split(Series calldata series, uint256 amount) private {
        if (amount == 0) revert EmptyAmount();
        _validate(series);
        uint64 maturity = series.fixing.maturity;
        // INVARIANT: the open interest of a fixing never rises from its maturity on.
        if (block.timestamp >= maturity) revert SplitClosed(uint64(block.timestamp), maturity);

        SeriesId id = seriesId(series);
        FixingId fixingId = series.fixing.id(CHAIN_ID, address(ORACLE));
        uint256 collateral = Math.saturatingAdd(collateralOf[fixingId], amount);
        uint256 most = mostCollateral(series.fixing);
        // INVARIANT: a false ruling on this fixing alone decides over no more than it costs, by the arbitrators' word at the split.
        if (collateral > most) revert AboveSecured(collateral, most);
        collateralOf[fixingId] = collateral;
        _mint(msg.sender, id.pId(), amount);
        _mint(msg.sender, id.nId(), amount);
        emit Split(id, msg.sender, amount);
    }

    function _merge(Series calldata series, uint256 amount) private {
        if (amount == 0) revert EmptyAmount();
        SeriesId id = seriesId(series);
        _burn(msg.sender, id.pId(), amount);
        _burn(msg.sender, id.nId(), amount);
        collateralOf[series.fixing.id(CHAIN_ID, address(ORACLE))] -= amount;
        emit Merged(id, msg.sender, amount);
    }

    function _redeem(Series calldata series, uint256 pAmount, uint256 nAmount) private returns (uint256 paid) {
        if (pAmount == 0 && nAmount == 0) revert EmptyAmount();
        FixingId fixingId = series.fixing.id(CHAIN_ID, address(ORACLE));
        uint128 settlement = SettlementLib.settlementOf(ORACLE, series.fixing, fixingId);

        SeriesId id = seriesId(series);
        if (pAmount > 0) _burn(msg.sender, id.pId(), pAmount);
        if (nAmount > 0) _burn(msg.sender, id.nId(), nAmount);
        paid = PayoffLib.redeemed(pAmount, nAmount, series.strike, settlement, series.invalidSharePpm);
        collateralOf[fixingId] -= paid;
        emit Redeemed(id, msg.sender, pAmount, nAmount, paid);
    }

    function _payEther(uint256 amount) private {
        if (!IS_ETHER) revert NotEther();
        if (amount == 0) return;
        IWeth(address(COLLATERAL)).withdraw(amount);
        payable(msg.sender).sendValue(amount);
    }

    /// @dev A token that moves another amount than it was told to is refused.
    function _requireGot(uint256 amount, uint256 balanceBefore) private view {
        uint256 balanceAfter = COLLATERAL.balanceOf(address(this));
        uint256 got = balanceAfter > balanceBefore ? balanceAfter - balanceBefore : 0;
        // INVARIANT: the vault holds at least the collateral of all its fixings.
        if (got != amount) revert CollateralMismatch(got, amount);
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
