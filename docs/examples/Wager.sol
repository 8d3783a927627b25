// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {FixingConsumer} from "assize/contracts/src/consumers/FixingConsumer.sol";
import {IOpenInterest} from "assize/contracts/src/interfaces/IOpenInterest.sol";
import {ISecurityLens} from "assize/contracts/src/interfaces/ISecurityLens.sol";
import {ISettlementSource} from "assize/contracts/src/interfaces/ISettlementSource.sol";
import {FixingBuilder} from "assize/contracts/src/libraries/FixingBuilder.sol";
import {SettlementLib} from "assize/contracts/src/libraries/SettlementLib.sol";
import {Fixing, FixingId} from "assize/contracts/src/types/Fixing.sol";

/// @title A wager on where an index will be
/// @notice Two sides stake ether until the maturity; the side that the settlement is on shares all of it. Ether is what the oracle's bonds are paid
/// in, so that the stakes are its open interest as they are: whoever lies about them bonds a share of them.
contract Wager is FixingConsumer, IOpenInterest {
    /// @notice Which side somebody is on: `Above` wins at the threshold too.
    enum Side { Below, Above }

    /// @notice Index units, scaled by 1e18.
    uint128 public immutable THRESHOLD;
    /// @notice Says how much the fixing is safe for.
    ISecurityLens public immutable LENS;

    /// @notice Wei on each side.
    mapping(Side side => uint256) public totalOf;
    /// @notice Wei of everyone on each side, until they claim.
    mapping(Side side => mapping(address who => uint256)) public stakeOf;

    error Closed(uint256 nowTime, uint256 maturity);
    error AboveSecured(uint256 got, uint256 max);
    error NothingToClaim(address who);
    error Unpaid(address who);

    constructor(
        ISettlementSource oracle,
        ISecurityLens lens,
        uint128 threshold,
        bytes32 indexId,
        uint64 maturity,
        address arbitrator,
        address backup
    ) FixingConsumer(oracle, _terms(indexId, maturity, arbitrator, backup)) {
        THRESHOLD = threshold;
        LENS = lens;
    }

    /// @notice Stakes what is sent. Reverts with `Closed` from the maturity on, `AboveSecured` if more would depend on the
    /// fixing than its arbitrators cost to corrupt.
    function stake(Side side) external payable {
        Fixing memory terms = fixing();
        if (block.timestamp >= terms.maturity) revert Closed(block.timestamp, terms.maturity);
        totalOf[side] += msg.value;
        stakeOf[side][msg.sender] += msg.value;
        uint256 secured = LENS.securedAt(terms, address(ORACLE));
        if (_total() > secured) revert AboveSecured(_total(), secured);
    }

    /// @notice Pays the caller, once. Reverts with `NotSettled` before the settlement.
    function claim() external returns (uint256 paid) {
        paid = owed(msg.sender);
        if (paid == 0) revert NothingToClaim(msg.sender);
        stakeOf[Side.Below][msg.sender] = 0;
        stakeOf[Side.Above][msg.sender] = 0;
        (bool isPaid,) = msg.sender.call{value: paid}("");
        if (!isPaid) revert Unpaid(msg.sender);
    }

    /// @notice What `claim` would pay, rounded down. Reverts with `NotSettled` before the settlement.
    function owed(address who) public view returns (uint256) {
        (uint256 below, uint256 above) = (stakeOf[Side.Below][who], stakeOf[Side.Above][who]);
        uint128 settlement = _settlement();
        // Without a value everybody gets their stake back. Decided beforehand, as it can happen.
        if (SettlementLib.isInvalid(settlement)) return below + above;
        Side winner = settlement >= THRESHOLD ? Side.Above : Side.Below;
        // Nobody to share with: the same.
        if (totalOf[winner] == 0) return below + above;
        return (winner == Side.Above ? above : below) * _total() / totalOf[winner];
    }

    /// @inheritdoc IOpenInterest
    /// @dev Nothing falls before the settlement: the totals stay what they were at maturity.
    function openInterest(FixingId id) external view returns (uint256) {
        return FixingId.unwrap(id) == FixingId.unwrap(FIXING_ID) ? _total() : 0;
    }

    function _total() private view returns (uint256) {
        return totalOf[Side.Below] + totalOf[Side.Above];
    }

    /// @dev The parameters that `assize explain` prints go here.
    function _terms(bytes32 indexId, uint64 maturity, address arbitrator, address backup)
        private
        view
        returns (Fixing memory terms)
    {
        terms = FixingBuilder.build(indexId, maturity, arbitrator, backup);
        terms.openInterest = address(this);
    }
}
