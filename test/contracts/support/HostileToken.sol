// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// A token that calls `target` with `input` in the middle of every transfer and remembers what came of it.
/// Otherwise it behaves.
contract ReenteringToken {
    mapping(address => uint256) public balanceOf;

    address private _target;
    bytes private _input;
    bool private _isAiming;

    uint256 public attempts;
    bool public hasSucceeded;
    bytes public reason;

    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
    }

    /// The next transfers call `target` with `input`.
    function aim(address target, bytes calldata input) external {
        (_target, _input, _isAiming) = (target, input, true);
        (attempts, hasSucceeded, reason) = (0, false, "");
    }

    function transfer(address to, uint256 amount) external returns (bool) {
        return _move(msg.sender, to, amount);
    }

    function transferFrom(address from, address to, uint256 amount) external returns (bool) {
        return _move(from, to, amount);
    }

    /// Receipts that this contract holds move without the guard.
    function moveReceipt(address receipts, address to, uint256 id, uint256 amount) external {
        (bool isMoved,) = receipts.call(abi.encodeWithSignature("transfer(address,uint256,uint256)", to, id, amount));
        require(isMoved, "receipt did not move");
    }

    function _move(address from, address to, uint256 amount) private returns (bool) {
        balanceOf[from] -= amount;
        balanceOf[to] += amount;
        if (_isAiming) {
            (bool isDone, bytes memory output) = _target.call(_input);
            ++attempts;
            hasSucceeded = hasSucceeded || isDone;
            reason = output;
        }
        return true;
    }
}

/// A token with faults that can be switched on one at a time.
contract FaultyToken {
    enum Fault {
        None,
        TakesFee,
        MovesNothing,
        MovesMore,
        DrainsReceiver,
        ReturnsFalse,
        ReturnsNothing,
        ReturnsGarbage,
        ChargesSender,
        RefusesZero
    }

    mapping(address => uint256) public balanceOf;
    mapping(address => bool) public isBlocked;
    Fault public fault;

    error Blocked(address account);
    error ZeroAmount();

    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
    }

    function setFault(Fault to) external {
        fault = to;
    }

    function setBlocked(address account, bool to) external {
        isBlocked[account] = to;
    }

    function transfer(address to, uint256 amount) external {
        _move(msg.sender, to, amount);
    }

    function transferFrom(address from, address to, uint256 amount) external {
        _move(from, to, amount);
    }

    /// Answers by hand, as the answer itself may be the fault.
    function _move(address from, address to, uint256 amount) private {
        if (isBlocked[from]) revert Blocked(from);
        if (isBlocked[to]) revert Blocked(to);
        if (fault == Fault.RefusesZero && amount == 0) revert ZeroAmount();
        balanceOf[from] -= fault == Fault.ChargesSender ? amount + 1 : amount;
        if (fault == Fault.TakesFee) balanceOf[to] += amount - amount / 100 - 1;
        else if (fault == Fault.MovesMore) balanceOf[to] += amount + 1;
        else if (fault == Fault.DrainsReceiver) balanceOf[to] = 0;
        else if (fault != Fault.MovesNothing) balanceOf[to] += amount;

        if (fault == Fault.ReturnsNothing) return;
        uint256 word = fault == Fault.ReturnsFalse ? 0 : fault == Fault.ReturnsGarbage ? 2 : 1;
        assembly {
            mstore(0, word)
            return(0, 32)
        }
    }
}
