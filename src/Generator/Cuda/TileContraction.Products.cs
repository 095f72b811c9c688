using static DlGen.Ptx.RegisterKind;

namespace DlGen.Ptx;

internal sealed partial class PtxPrinter
{
    private sealed partial class TileContraction
    {
        /// <summary>How a block multiplies what lies in shared memory: how the operands lie there, and which sums a thread has.</summary>
        private abstract class TileProducts
        {
            /// <summary>Terms of a position that share an element of shared memory.</summary>
            public virtual int TermsOfElement => 1;

            /// <summary>The type of what is stored there.</summary>
            public abstract string Type { get; }

            /// <summary>Elements in front of the elements of a term, of so many positions.</summary>
            public abstract int Before(int term, int extent);

            /// <inheritdoc cref="Before(int, int)"/>
            public abstract string Before(string term, int extent);

            /// <summary>The terms of an element as they are multiplied.</summary>
            public abstract string Element(IReadOnlyList<string> terms);

            /// <summary>The first of a thread's elements of an operand.</summary>
            public abstract string OwnElement(bool isLeft);

            /// <summary>Adds a step's terms.</summary>
            public abstract void Add(string[] sums, Operand left, Operand right);

            /// <summary>Into how many slices the tile's rows are divided where it is stored.</summary>
            public abstract int Slices { get; }

            /// <summary>Elements between a row of a slice and the next: they spread over the banks what threads write side by side.</summary>
            public abstract int SlicePadding { get; }

            /// <summary>Where a thread's sums begin in a slice.</summary>
            public abstract string OwnSums();

            public abstract void WriteSlice(string[] sums, int slice, string address);
        }

        /// <summary>Each thread multiplies by itself, and adds in the order of K: its rows are groups of 16 bytes that lie apart, and so are its columns.</summary>
        private sealed class ThreadProducts(TileContraction block) : TileProducts
        {
            private readonly int vector = block.vector;

            public override string Type => block.entry.math.Type;

            /// <summary>The padding spreads what is stored term by term over the banks.</summary>
            public override int Before(int term, int extent) => term * (extent + vector);

            public override string Before(string term, int extent) => block.Scaled(term, Before(1, extent));

            public override string Element(IReadOnlyList<string> terms) => terms[0];

            public override string OwnElement(bool isLeft) => block.Scaled(isLeft ? OwnRow : OwnColumn, vector);

            private int ThreadsOfRow => block.tile.Columns / block.tile.OwnColumns;

            private string OwnRow => block.Quotient(block.thread, ThreadsOfRow);

            private string OwnColumn => block.Remainder(block.thread, ThreadsOfRow);

            public override void Add(string[] sums, Operand left, Operand right)
            {
                for (int term = 0; term < block.tile.Depth; term++)
                {
                    string[] x = Fragment(left, term, block.tile.OwnRows), y = Fragment(right, term, block.tile.OwnColumns);
                    for (int i = 0; i < x.Length; i++)
                        for (int j = 0; j < y.Length; j++) block.entry.math.Accumulate(sums[(i * y.Length) + j], x[i], y[j]);
                }
            }

            /// <summary>A thread's positions of one term, in groups of 16 bytes that lie apart, so that the threads of a warp read neighbouring ones.</summary>
            private string[] Fragment(Operand operand, int term, int count)
            {
                string[] registers = [.. Enumerable.Range(0, count).Select(_ => block.writer.Register(block.entry.math.Kind))];
                int groups = count / vector;
                for (int group = 0; group < groups; group++)
                    block.writer.Do($"ld.shared.v{PtxWriter.Number(vector)}.{Type}", Vector(registers.Skip(group * vector).Take(vector)), operand.Own(term, group * (operand.Extent / groups)));
                return registers;
            }

            public override int Slices => block.tile.OwnRows / vector;

            public override int SlicePadding => vector;

            public override string OwnSums() => block.SliceAddress(OwnRow, vector * block.SlicePitch, OwnColumn, vector);

            public override void WriteSlice(string[] sums, int slice, string address)
            {
                int own = block.tile.OwnColumns, groups = own / vector;
                for (int row = 0; row < vector; row++)
                {
                    for (int group = 0; group < groups; group++)
                    {
                        int first = (((slice * vector) + row) * own) + (group * vector), element = (row * block.SlicePitch) + (group * (block.tile.Columns / groups));
                        block.writer.Do($"st.shared.v{PtxWriter.Number(vector)}.{Type}", At(address, element * block.size), Vector(sums.Skip(first).Take(vector)));
                    }
                }
            }
        }
    }
}
