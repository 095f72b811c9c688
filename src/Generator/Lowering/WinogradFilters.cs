using DlGen.Graphs;
using DlGen.Kernels;
using DlGen.Ops;

namespace DlGen.Lowering;

/// <summary>
/// Gives convolutions with 3 × 3 taps that are worth it a third operand: the taps as Winograd's products take them, G·w·Gᵀ, a contraction of the weights with numbers, which
/// is computed once per change of the weights; and gradients by the taps the numbers alone. What the contraction is stays as it was; the third operand is for backends that
/// compute it so.
/// </summary>
internal sealed class WinogradFilters
{
    /// <summary>Channels and outputs are a multiple of so many: whole vectors at every width.</summary>
    private const int Lanes = 16;

    /// <summary>What a channel's transform costs per tile, in products per output: 36 loads and as many stores with the additions between them.</summary>
    private const int TransformCost = 200;

    private static readonly double[][] Rows = [[1 / 4.0, 0, 0], [-1 / 6.0, -1 / 6.0, -1 / 6.0], [-1 / 6.0, 1 / 6.0, -1 / 6.0], [1 / 24.0, 1 / 12.0, 1 / 6.0], [1 / 24.0, -1 / 12.0, 1 / 6.0], [0, 0, 1]];

    private readonly GraphBuilder builder = new();

    private WinogradFilters()
    {
    }

    public static Graph Run(Graph graph) => new WinogradFilters().Rewrite(graph);

    /// <summary>Whether a contraction has the third operand.</summary>
    public static bool AreGiven(Node node) => node is { Op: ContractOp, Operands.Count: 3 };

    private Graph Rewrite(Graph graph)
    {
        int[] moved = new int[graph.Nodes.Count];
        for (int i = 0; i < moved.Length; i++)
        {
            var node = graph[i];
            builder.Layer = node.Layer;
            var operands = node.Operands.Select(o => builder.At(moved[o])).ToArray();
            if (WinogradConvolution.Of(k => graph[k], node) is { } convolution && LiesSideBySide(graph, node, convolution) && Wins(convolution)) operands = [.. operands, Transformed(convolution, (ContractOp)node.Op, operands[1])];
            else if (WinogradConvolution.OfGradient(k => graph[k], node) is { } gradient && LiesSideBySide(graph, node, gradient) && Wins(gradient)) operands = [.. operands, Matrix(false, false)];
            moved[i] = builder.Add(node.Op, operands, node.Shape, node.PerRow).Index;
        }
        return builder.Build(graph.Outputs.Select(o => o with { Node = moved[o.Node] }));
    }

    /// <summary>Whether the channels of a pixel lie side by side, as the transforms take them: those of an image in the user's order do when it was padded.</summary>
    private static bool LiesSideBySide(Graph graph, Node node, WinogradConvolution convolution)
        => View.Of(graph, node.Operands[0]) is { } view && view.Strides[((ContractOp)node.Op).Left.Items.IndexOf(convolution.Channel)] == 1;

    /// <summary>Whether fewer products save more than the transforms cost.</summary>
    private static bool Wins(WinogradConvolution convolution)
    {
        if (convolution.Channels % Lanes != 0 || convolution.Outputs % Lanes != 0) return false;
        if (convolution.Height < Winograd.Side || convolution.Width < Winograd.Side) return false;
        long pairs = (long)convolution.Channels * convolution.Outputs;
        long products = (Winograd.ProductsIn(convolution.Height, convolution.Width) * pairs) + (Winograd.TilesIn(convolution.Height, convolution.Width) * TransformCost * (convolution.Channels + convolution.Outputs));
        return products < (long)convolution.Height * convolution.Width * Winograd.Taps * Winograd.Taps * pairs;
    }

    /// <summary>The taps' 36 numbers for each channel and output.</summary>
    private Value Transformed(WinogradConvolution convolution, ContractOp contract, Value weights)
        => builder.Add(new ContractOp(new[] { WinogradConvolution.Frequency, convolution.TapDown, convolution.TapAcross }, contract.Right,
            new[] { WinogradConvolution.Frequency, convolution.Channel, convolution.Output }, OverRows: false), Matrix(convolution.IsReversedDown, convolution.IsReversedAcross), weights);

    /// <summary>What each tap adds to each of the 36 numbers.</summary>
    private Value Matrix(bool isReversedDown, bool isReversedAcross)
    {
        static double Of(int row, int tap, bool isReversed) => Rows[row][isReversed ? Winograd.Taps - 1 - tap : tap];
        var numbers = from i in Enumerable.Range(0, Rows.Length)
                      from j in Enumerable.Range(0, Rows.Length)
                      from y in Enumerable.Range(0, Winograd.Taps)
                      from x in Enumerable.Range(0, Winograd.Taps)
                      select Of(i, y, isReversedDown) * Of(j, x, isReversedAcross);
        return builder.Add(new ConstantOp(numbers.ToEquatableArray(), Shape.Of(Winograd.Frequencies, Winograd.Taps, Winograd.Taps)));
    }
}
