// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IErc792Arbitrator} from "src/interfaces/IErc792Arbitrator.sol";
import {IErc792Court} from "src/interfaces/IErc792Court.sol";

/// @title A court of ERC-792 that rules what it is told, whenever, on whatever, and numbers its disputes as it is told
/// @notice Test only: anyone tells it.
contract ModelCourt is IErc792Court {
    error WrongPayment(uint256 got, uint256 want);

    uint256 private _cost = 1e15;
    uint256 private _next;
    mapping(uint256 disputeId => uint256) private _appeals;

    function setArbitrationCost(uint256 cost) external {
        _cost = cost;
    }

    function setNext(uint256 disputeId) external {
        _next = disputeId;
    }

    function tell(IErc792Arbitrator adapter, uint256 disputeId, uint256 ruling) external {
        adapter.rule(disputeId, ruling);
    }

    function createDispute(uint256, bytes calldata extraData) external payable returns (uint256 disputeId) {
        _requirePaid(arbitrationCost(extraData));
        disputeId = _next++;
    }

    /// Twice as much each time.
    function appeal(uint256 disputeId, bytes calldata extraData) external payable {
        _requirePaid(appealCost(disputeId, extraData));
        _appeals[disputeId]++;
    }

    function arbitrationCost(bytes calldata) public view returns (uint256) {
        return _cost;
    }

    function appealCost(uint256 disputeId, bytes calldata) public view returns (uint256) {
        return _cost << (1 + _appeals[disputeId]);
    }

    function _requirePaid(uint256 cost) private view {
        if (msg.value != cost) revert WrongPayment(msg.value, cost);
    }
}
