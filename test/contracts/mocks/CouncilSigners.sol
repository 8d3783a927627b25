// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";

/// @title An ERC-1271 account that approves digests one by one, whatever the signature
contract ApprovingAccount is IERC1271 {
    mapping(bytes32 digest => bool) private _approved;

    function approve(bytes32 digest) external {
        _approved[digest] = true;
    }

    function withdrawFrom(address council) external {
        (bool ok,) = council.call(abi.encodeWithSignature("withdraw()"));
        require(ok, "withdraw failed");
    }

    function isValidSignature(bytes32 digest, bytes memory) external view returns (bytes4) {
        return _approved[digest] ? IERC1271.isValidSignature.selector : bytes4(0);
    }
}

/// @title An ERC-1271 account that reverts, with a reason of 100 kB
contract RevertingAccount is IERC1271 {
    function isValidSignature(bytes32, bytes memory) external pure returns (bytes4) {
        assembly {
            revert(0, 100000)
        }
    }
}

/// @title An ERC-1271 account that never ends
contract BurningAccount is IERC1271 {
    function isValidSignature(bytes32 digest, bytes memory) external pure returns (bytes4) {
        while (true) digest = keccak256(abi.encode(digest));
        return IERC1271.isValidSignature.selector;
    }
}

/// @title An ERC-1271 account that returns a megabyte, the right word first
contract FloodingAccount is IERC1271 {
    function isValidSignature(bytes32, bytes memory) external pure returns (bytes4) {
        assembly {
            mstore(0, 0x1626ba7e00000000000000000000000000000000000000000000000000000001)
            return(0, 1000000)
        }
    }
}

/// @title An account with code that knows no ERC-1271 and returns one byte
contract ShortAccount {
    fallback() external {
        assembly {
            return(0, 1)
        }
    }
}
