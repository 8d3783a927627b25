// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOpenInterest} from "src/interfaces/IOpenInterest.sol";
import {FixingId} from "src/types/Fixing.sol";

/// Reports what it was told to.
contract FixedOpenInterest is IOpenInterest {
    uint256 private _amount;
    FixingId private _onlyFor;

    function set(uint256 amount) external {
        _amount = amount;
    }

    /// From now on other fixings read 0.
    function setOnlyFor(FixingId id) external {
        _onlyFor = id;
    }

    function openInterest(FixingId id) external view returns (uint256) {
        bytes32 only = FixingId.unwrap(_onlyFor);
        return only == 0 || only == FixingId.unwrap(id) ? _amount : 0;
    }
}

/// Reverts, with a message that must not reach the proposer.
contract RevertingOpenInterest is IOpenInterest {
    function openInterest(FixingId) external pure returns (uint256) {
        revert("not today");
    }
}

/// Reverts with 32 bytes that could be taken for a number.
contract RevertingWithANumber {
    fallback() external {
        assembly {
            mstore(0, 7)
            revert(0, 32)
        }
    }
}

/// Returns `size` bytes, the first word being `word`.
contract SizedOpenInterest {
    uint256 private immutable _size;
    uint256 private immutable _word;

    constructor(uint256 size, uint256 word) {
        _size = size;
        _word = word;
    }

    fallback() external {
        uint256 size = _size;
        uint256 word = _word;
        assembly {
            mstore(0, word)
            return(0, size)
        }
    }
}

/// Spends all gas it is given.
contract GasEatingOpenInterest is IOpenInterest {
    function openInterest(FixingId) external view returns (uint256 sum) {
        while (gasleft() > 0) {
            sum += block.timestamp;
        }
    }
}

/// Reports `full` when it is called with at least `enough` gas, and next to nothing otherwise.
contract GasDependentOpenInterest {
    uint256 private immutable _enough;
    uint256 private immutable _full;

    constructor(uint256 enough, uint256 full) {
        _enough = enough;
        _full = full;
    }

    fallback() external {
        uint256 given = gasleft();
        uint256 reported = given >= _enough ? _full : 1;
        assembly {
            mstore(0, reported)
            return(0, 32)
        }
    }
}

/// Writes, which a static call forbids.
contract WritingOpenInterest {
    uint256 private _calls;

    fallback() external {
        _calls += 1;
        assembly {
            mstore(0, 7)
            return(0, 32)
        }
    }
}

/// Calls `target` with `input` first, then reports whether that succeeded: 1e18 if so, else 2e18.
contract ReenteringOpenInterest is IOpenInterest {
    address private _target;
    bytes private _input;

    function aim(address target, bytes calldata input) external {
        _target = target;
        _input = input;
    }

    function openInterest(FixingId) external view returns (uint256) {
        (bool isDone,) = _target.staticcall{gas: 100_000}(_input);
        return isDone ? 1e18 : 2e18;
    }
}
