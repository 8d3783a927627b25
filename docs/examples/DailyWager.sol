// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IOpenInterest} from "assize/contracts/src/interfaces/IOpenInterest.sol";
import {ISecurityLens} from "assize/contracts/src/interfaces/ISecurityLens.sol";
import {ISettlementSource} from "assize/contracts/src/interfaces/ISettlementSource.sol";
import {SettlementLib} from "assize/contracts/src/libraries/SettlementLib.sol";
import {Fixing, FixingId} from "assize/contracts/src/types/Fixing.sol";

/// @title A wager on each day's value: one contract of many fixings, staked in a token that bonds are not paid in
/// @notice On each day two sides stake until its midnight (UTC); the side that the settlement is on shares all of it.
contract DailyWager is IOpenInterest {
    using SafeERC20 for IERC20;

    /// @notice Which side somebody is on: `Above` wins at the threshold too.
    enum Side { Below, Above }

    ISettlementSource public immutable ORACLE;
    ISecurityLens public immutable LENS;
    /// @notice What is staked.
    IERC20 public immutable TOKEN;
    /// @notice Bond-token wei per 1e18 of the token's smallest unit: what the token may be worth at most.
    uint256 public immutable BOND_RATE;
    /// @notice Index units, scaled by 1e18.
    uint128 public immutable THRESHOLD;

    /// Of no day: what the days have in common.
    Fixing private _terms;
    mapping(FixingId id => Fixing) private _fixings;
    /// @notice What is staked on each side of a day's fixing, in the token's smallest unit.
    mapping(FixingId id => mapping(Side side => uint256)) public totalOf;
    /// @notice Likewise, of everyone until they claim.
    mapping(FixingId id => mapping(Side side => mapping(address who => uint256))) public stakeOf;

    error Closed(uint256 nowTime, uint256 maturity);
    error AboveSecured(uint256 got, uint256 max);
    error NothingToClaim(address who);

    /// @param terms with the parameters that `assize explain` prints; maturity and open interest are each day's.
    constructor(
        ISettlementSource oracle,
        ISecurityLens lens,
        IERC20 token,
        uint256 bondRate,
        uint128 threshold,
        Fixing memory terms
    ) {
        (ORACLE, LENS, TOKEN, BOND_RATE, THRESHOLD) = (oracle, lens, token, bondRate, threshold);
        _terms = terms;
    }

    /// @notice Announces the fixing of the midnight that is so many days after 1970. By anyone: there is one for each day.
    function open(uint64 day) external returns (FixingId id) {
        Fixing memory fixing = _terms;
        (fixing.maturity, fixing.openInterest) = (day * 1 days, address(this));
        id = ORACLE.create(fixing);
        _fixings[id] = fixing;
    }

    /// @notice Stakes on one day. Reverts with `Closed` from its maturity on and for a day that is not open.
    /// Warning: each day is bounded by itself. Whoever corrupts the arbitrators rules on all open days for one price: bound their
    /// sum where many are open at once. And `TOKEN` must be one that moves exactly what it is told to.
    function stake(FixingId id, Side side, uint256 amount) external {
        Fixing memory fixing = _fixings[id];
        if (block.timestamp >= fixing.maturity) revert Closed(block.timestamp, fixing.maturity);
        totalOf[id][side] += amount;
        stakeOf[id][side][msg.sender] += amount;
        // Both in bond-token wei: what is secured says nothing of the token's units.
        uint256 secured = LENS.securedAt(fixing, address(ORACLE));
        if (openInterest(id) > secured) revert AboveSecured(openInterest(id), secured);
        TOKEN.safeTransferFrom(msg.sender, address(this), amount);
    }

    /// @notice Pays the caller what he is owed of one day, once. Reverts with `NotSettled` before the settlement.
    function claim(FixingId id) external returns (uint256 paid) {
        paid = owed(id, msg.sender);
        if (paid == 0) revert NothingToClaim(msg.sender);
        stakeOf[id][Side.Below][msg.sender] = 0;
        stakeOf[id][Side.Above][msg.sender] = 0;
        TOKEN.safeTransfer(msg.sender, paid);
    }

    /// @notice What `claim` would pay, rounded down. Reverts with `NotSettled` before the settlement.
    function owed(FixingId id, address who) public view returns (uint256) {
        (uint256 below, uint256 above) = (stakeOf[id][Side.Below][who], stakeOf[id][Side.Above][who]);
        uint128 settlement = SettlementLib.settlementOf(ORACLE, _fixings[id], id);
        if (SettlementLib.isInvalid(settlement)) return below + above;
        Side winner = settlement >= THRESHOLD ? Side.Above : Side.Below;
        if (totalOf[id][winner] == 0) return below + above;
        return Math.mulDiv(winner == Side.Above ? above : below, _total(id), totalOf[id][winner]);
    }

    /// @inheritdoc IOpenInterest
    /// @dev Rounded up, so that no stake is too small to count.
    function openInterest(FixingId id) public view returns (uint256) {
        return Math.mulDiv(_total(id), BOND_RATE, 1e18, Math.Rounding.Ceil);
    }

    function _total(FixingId id) private view returns (uint256) {
        return totalOf[id][Side.Below] + totalOf[id][Side.Above];
    }
}
