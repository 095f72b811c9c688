using System.Collections.Concurrent;
using DlGen.Ptx;
using DlGen.Graphs;
using DlGen.Kernels;
using DlGen.Tests.Cases;
using DlGen.Tests.Emulation;

namespace DlGen.Tests.Kernels;

/// <summary>Printed kernels against their definition, and their sums against the order that the records state.</summary>
internal static class KernelChecks
{
    /// <summary>No rows, one, a few, and more of them.</summary>
    public static readonly int[] Rows = [0, 1, 4, 11];

    /// <summary>What was drawn and is expected, for all printers that are tried.</summary>
    private static readonly ConcurrentDictionary<(Kernel, bool, bool, int), KernelTrial> Trials = new();

    /// <param name="bound">Of the error of every element, relative to it or to 1.</param>
    /// <param name="rowCounts">By default <see cref="Rows"/>.</param>
    /// <param name="hasTies">Whether numbers are drawn from few values, of which one is NaN.</param>
    public static void Definition(IReadOnlyList<Kernel> kernels, bool float64, double bound, Printing print, int[]? rowCounts = null, bool hasTies = false)
    {
        var printed = print(kernels, float64);
        var programs = PtxParser.Parse(printed.Text);
        Assert.Equal(Enumerable.Range(0, kernels.Count), printed.Kernels.Select(k => k.Kernel));
        foreach (var kernel in printed.Kernels)
        {
            foreach (int rows in rowCounts ?? Rows)
            {
                var trial = Trials.GetOrAdd((kernels[kernel.Kernel], float64, hasTies, rows), key => new KernelTrial(key.Item1, float64, rows, seed: rows + 1, hasTies));
                string? difference = trial.Difference(programs, kernel, bound);
                Assert.True(difference is null, $"{difference}\n{kernels[kernel.Kernel]}");
                if (!CaseExport.IsAsked || (print != PtxPrinter.Print && print != PtxPrinter.PrintPlain)) continue;
                foreach (var made in trial.Cases(kernel, bound)) CaseExport.Add(printed.Text, made);
            }
        }
    }

    public static void HandMade(Printing print)
    {
        Definition(HandMadeKernels.All, float64: false, 2e-5, print);
        Definition(HandMadeKernels.All, float64: true, 1e-11, print);
    }

    /// <summary>At the borders of what templates tell apart: lengths of rows, widths of columns, neighbours that lie side by side.</summary>
    public static void Borders(bool float64, Printing print)
    {
        double bound = float64 ? 1e-11 : 2e-5;
        Definition(BorderKernels.Rows, float64, bound, print);
        Definition(BorderKernels.ShortRows, float64, bound, print, [3, 31, 33, 129]);
        Definition(BorderKernels.Reductions, float64, bound, print, [0, 1, 2, 67, 300]);
        Definition(BorderKernels.Places, float64, bound, print, [1, 5], hasTies: true);
        Definition(BorderKernels.Maps, float64, bound, print, [0, 1, 2, 7, 258]);
    }

    /// <summary>
    /// Sums have the bits of a loop in the record's order, contractions by multiply-adds that round once: those of templates that say so, and of the plain printing of others.
    /// </summary>
    public static void Order(Printing print, Printing plain)
    {
        const int rows = 17, k = 37, n = 5, m = 3;
        double[][] product = Run(HandMadeKernels.Product(n, k, 4), rows, print, out var buffers);
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < n; column++)
            {
                float sum = 0;
                for (int i = 0; i < k; i++) sum = MathF.FusedMultiplyAdd((float)buffers[0][(row * k) + i], (float)buffers[1][(column / 4 * 4 * k) + (i * 4) + (column % 4)], sum);
                Assert.Equal(sum, product[2][(row * n) + column]);
            }
        }
        double[][] gradient = Run(HandMadeKernels.OverRows(m, n), rows, print, out buffers);
        for (int e = 0; e < m * n; e++)
        {
            float sum = 0;
            for (int row = 0; row < rows; row++) sum = MathF.FusedMultiplyAdd((float)InRow(buffers[0], row, m, e / n), (float)InRow(buffers[1], row, n, e % n), sum);
            Assert.Equal(sum, gradient[2][e]);
        }
        double[][] columns = Run(HandMadeKernels.Columns(m, ReduceKind.Sum), rows, plain, out buffers);
        for (int column = 0; column < m; column++)
        {
            float sum = 0;
            for (int row = 0; row < rows; row++) for (int i = 0; i < 2; i++) sum += (float)InRow(buffers[0], row, 2 * m, (i * m) + column);
            Assert.Equal(sum, columns[1][column]);
        }
        double[][] byId = Run(HandMadeKernels.SumsById(5, m), rows, print, out buffers);
        float[] sums = new float[5 * m];
        for (int position = 0; position < rows * 2; position++)
            for (int i = 0; i < m; i++) sums[((int)buffers[1][position] * m) + i] += (float)buffers[0][(position * m) + i];
        Assert.Equal(Array.ConvertAll(sums, sum => (double)sum), byId[2]);
    }

    private static double InRow(double[] buffer, int row, int rowLength, int at) => buffer[(row * rowLength) + at];

    private static double[][] Run(Kernel kernel, int rows, Printing print, out double[][] before)
    {
        var printed = print([kernel], false);
        var trial = new KernelTrial(kernel, float64: false, rows, seed: 5);
        before = trial.Initial;
        return trial.Run(PtxParser.Parse(printed.Text), printed.Kernels[0], printed.Kernels[0].For(rows));
    }
}
