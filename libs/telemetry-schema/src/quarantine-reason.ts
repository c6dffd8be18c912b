/**
 * Why something that was accepted cannot be stored.
 *
 * - `undecodable`: the record is no envelope that this version reads.
 * - `out_of_range`: the converted value lies outside the range that the registry gives.
 * - `not_finite`: the conversion overflows a double.
 * - `block_full`: with it the block would exceed what DynamoDB allows an item.
 * - `block_expired`: the reading belongs to a block that has been deleted; its aggregates would be overwritten by a part.
 */
export type QuarantineReason = 'undecodable' | 'out_of_range' | 'not_finite' | 'block_full' | 'block_expired';
