using static DlGen.Ptx.RegisterKind;

namespace DlGen.Ptx;

internal sealed partial class PtxPrinter
{
    private sealed partial class TileContraction
    {
        /// <summary>
        /// Warps multiply by tensor cores: matrices of 16 × 8 sums, by 8 elements in depth. An element is a number of tf32 or two neighbouring terms of bf16, rounded on its way to shared memory, so both
        /// numbers take the same places. A warp's matrices lie side by side in its columns; those of its rows lie apart, such that a slice of the tile has one of each warp.
        /// </summary>
        private sealed class MatrixProducts(TileContraction block) : TileProducts
        {
            private const int MatrixRows = 16, MatrixColumns = 8, MatrixDepth = 8;

            /// <summary>Lanes that share a row of a matrix, each with two neighbouring sums of it; the same lanes have the elements of a row, 4 apart.</summary>
            private const int LanesOfRow = 4, SumsOfLane = 4;

            /// <summary>Elements between those of one term and of the next, beyond the positions: a warp reads 8 neighbouring positions of 4 terms, which are to lie 8 banks apart.</summary>
            private const int Padding = 8;

            private readonly ContractionTile tile = block.tile;
            private readonly PtxWriter writer = block.writer;

            /// <summary>
            /// More of them behind every fourth element in depth: where the lanes of a warp store 4 terms each, at once those of as many positions as are left, these fill all banks.
            /// </summary>
            private readonly int gap = WarpThreads * block.vector / block.tile.Depth;

            private bool IsTf32 => tile.Numbers == MatrixNumbers.Tf32;

            public override int TermsOfElement => IsTf32 ? 1 : 2;

            public override string Type => "b32";

            public override int Before(int term, int extent)
            {
                int element = term / TermsOfElement;
                return (element * (extent + Padding)) + (element / LanesOfRow * gap);
            }

            public override string Before(string term, int extent)
            {
                string element = block.Quotient(term, TermsOfElement);
                return block.Sum(block.Scaled(element, extent + Padding), block.Scaled(block.Quotient(element, LanesOfRow), gap));
            }

            /// <summary>Rounded to nearest; the first of two terms is the lower half.</summary>
            public override string Element(IReadOnlyList<string> terms)
                => IsTf32 ? writer.Emit(Integer32, "cvt.rna.tf32.f32", terms[0]) : writer.Emit(Integer32, "cvt.rn.bf16x2.f32", terms[1], terms[0]);

            private int WarpsOfRow => tile.Columns / tile.OwnColumns;

            private int WarpsOfColumn => tile.Rows / tile.OwnRows;

            private string Warp => block.Quotient(block.thread, WarpThreads);

            private string Lane => block.Remainder(block.thread, WarpThreads);

            private string FirstRow => block.Sum(block.Scaled(block.Quotient(Warp, WarpsOfRow), MatrixRows), block.Quotient(Lane, LanesOfRow));

            private string FirstColumn => block.Scaled(block.Remainder(Warp, WarpsOfRow), tile.OwnColumns);

            public override string OwnElement(bool isLeft)
            {
                string depth = block.Scaled(block.Remainder(Lane, LanesOfRow), Before(TermsOfElement, isLeft ? tile.Rows : tile.Columns));
                return block.Sum(depth, isLeft ? FirstRow : block.Sum(FirstColumn, block.Quotient(Lane, LanesOfRow)));
            }

            public override void Add(string[] sums, Operand left, Operand right)
            {
                string instruction = "mma.sync.aligned." + (IsTf32 ? "m16n8k8.row.col.f32.tf32.tf32.f32" : "m16n8k16.row.col.f32.bf16.bf16.f32");
                int rows = tile.OwnRows / MatrixRows, columns = tile.OwnColumns / MatrixColumns, terms = MatrixDepth * TermsOfElement;
                for (int term = 0; term < tile.Depth; term += terms)
                {
                    string[][] y = [.. Enumerable.Range(0, columns).Select(j => Fragment(right, term, j * MatrixColumns, 0))];
                    for (int i = 0; i < rows; i++)
                    {
                        string[] x = Fragment(left, term, i * MatrixRows * WarpsOfColumn, 0, MatrixRows / 2);
                        for (int j = 0; j < columns; j++)
                        {
                            string sum = Vector(Of(sums, i, j));
                            writer.Do(instruction, sum, Vector(x), Vector(y[j]), sum);
                        }
                    }
                }
            }

            /// <summary>A lane's elements of a matrix: of each half in depth those of so many positions.</summary>
            private string[] Fragment(Operand operand, int term, int position, params int[] positions)
            {
                int half = MatrixDepth / 2 * TermsOfElement;
                return [.. new[] { term, term + half }.SelectMany(_ => positions, (at, further) => writer.Emit(Integer32, "ld.shared.b32", operand.Own(at, position + further)))];
            }

            private IEnumerable<string> Of(string[] sums, int row, int column) => sums.Skip(((row * (tile.OwnColumns / MatrixColumns)) + column) * SumsOfLane).Take(SumsOfLane);

            public override int Slices => tile.OwnRows / MatrixRows;

            public override int SlicePadding => Padding;

            public override string OwnSums() => block.SliceAddress(FirstRow, block.SlicePitch, block.Sum(FirstColumn, block.Scaled(block.Remainder(Lane, LanesOfRow), 2)), 1);

            public override void WriteSlice(string[] sums, int slice, string address)
            {
                for (int column = 0; column < tile.OwnColumns / MatrixColumns; column++)
                {
                    string[] own = [.. Of(sums, slice, column)];
                    for (int half = 0; half < 2; half++)
                        writer.Do("st.shared.v2.f32", At(address, ((half * (MatrixRows / 2) * block.SlicePitch) + (column * MatrixColumns)) * block.size), Vector(own.Skip(2 * half).Take(2)));
                }
            }
        }
    }
}
