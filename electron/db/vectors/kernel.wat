;; The scan of int8 vectors: one dot product with the query per row, in 128-bit SIMD.
;;
;; Memory (see matrix.ts):
;;   0       the query, int16 per dimension, padded with zeros to a multiple of 32 dimensions
;;   32768   the scores of one call, float32 per row
;;   65536   the rows: a float32 scale, 12 bytes unused, then int8 per dimension, padded with zeros like the query
;;
;; score[i] = scale[i] * sum over d of (row[i][d] * query[d])
;;
;; int8 is widened as it is loaded (pmovsxbw on x86), and pairs of products are summed to int32 in one step (pmaddwd).
;; No sum leaves the range of int32: matrix.ts scales the query by its length to make sure.
(module
  (memory (export "memory") 1)
  (func (export "scan") (param $row i32) (param $rows i32) (param $dimensions i32)
    (local $end i32) (local $score i32) (local $query i32)
    (local $a v128) (local $b v128)
    (local.set $score (i32.const 32768))
    (block $done
      (loop $next_row
        (br_if $done (i32.eqz (local.get $rows)))
        (local.set $a (v128.const i32x4 0 0 0 0))
        (local.set $b (v128.const i32x4 0 0 0 0))
        (local.set $query (i32.const 0))
        (local.set $end (i32.add (i32.add (local.get $row) (i32.const 16)) (local.get $dimensions)))
        ;; $row moves along the row's numbers; its scale is then at $row - $dimensions - 16.
        (local.set $row (i32.add (local.get $row) (i32.const 16)))
        (loop $next_block
          (local.set $a (i32x4.add (local.get $a) (i32x4.dot_i16x8_s
            (v128.load8x8_s (local.get $row)) (v128.load (local.get $query)))))
          (local.set $b (i32x4.add (local.get $b) (i32x4.dot_i16x8_s
            (v128.load8x8_s offset=8 (local.get $row)) (v128.load offset=16 (local.get $query)))))
          (local.set $a (i32x4.add (local.get $a) (i32x4.dot_i16x8_s
            (v128.load8x8_s offset=16 (local.get $row)) (v128.load offset=32 (local.get $query)))))
          (local.set $b (i32x4.add (local.get $b) (i32x4.dot_i16x8_s
            (v128.load8x8_s offset=24 (local.get $row)) (v128.load offset=48 (local.get $query)))))
          (local.set $query (i32.add (local.get $query) (i32.const 64)))
          (local.set $row (i32.add (local.get $row) (i32.const 32)))
          (br_if $next_block (i32.lt_u (local.get $row) (local.get $end))))
        (local.set $a (i32x4.add (local.get $a) (local.get $b)))
        (f32.store (local.get $score) (f32.mul
          (f32.load (i32.sub (i32.sub (local.get $row) (local.get $dimensions)) (i32.const 16)))
          (f32.convert_i32_s (i32.add
            (i32.add (i32x4.extract_lane 0 (local.get $a)) (i32x4.extract_lane 1 (local.get $a)))
            (i32.add (i32x4.extract_lane 2 (local.get $a)) (i32x4.extract_lane 3 (local.get $a)))))))
        (local.set $score (i32.add (local.get $score) (i32.const 4)))
        (local.set $rows (i32.sub (local.get $rows) (i32.const 1)))
        (br $next_row)))))
