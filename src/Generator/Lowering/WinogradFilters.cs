using DlGen.Graphs;
using DlGen.Kernels;
using DlGen.Ops;

namespace DlGen.Lowering;

/// <summary>
/// Gives convolutions with 3 × 3 or 5 × 5 taps that are worth it a third operand: the taps as Winograd's products take them, G·w·Gᵀ, a contraction of the weights with numbers, which
/// is computed once per change of the weights; and gradients by the taps the numbers alone. What the contraction is stays as it was; the third operand is for backends that
/// compute it so.
/// </summary>
internal sealed class WinogradFilters
{
    /// <summary>Channels and outputs are a multiple of so many: whole vectors at every width. With 5 × 5 taps, which save more, they may be fewer, down to a short vector.</summary>
    private const int Lanes = 16, FewestLanes = 4;

    /// <summary>What a channel's transform costs per tile, in products per output: 36 loads and as many stores with the additions between them.</summary>
    private const int TransformCost = 200;

    /// <summary>The points, and what the powers of each are multiplied with; behind them stands ∞.</summary>
    private static readonly (double Point, double Factor)[] Points = [(0, 1 / 4.0), (1, -1 / 6.0), (-1, -1 / 6.0), (2, 1 / 24.0), (-2, 1 / 24.0)];

    private readonly GraphBuilder builder = new();

    private WinogradFilters()
    {
    }

    public static Graph Run(Graph graph) => new WinogradFilters().Rewrite(graph);

    /// <summary>Whether a contraction has the third operand.</summary>
    public static bool AreGiven(Node node) => node is { Op: ContractOp, Operands.Count: 3 };

    /// <summary>Whether a contraction that is a convolution will have one.</summary>
    public static bool WillBeGiven(Graph graph, Node node) => WinogradConvolution.Of(k => graph[k], node) is { } convolution && IsTaken(graph, node, convolution);

    private static bool IsTaken(Graph graph, Node node, WinogradConvolution convolution) => LiesSideBySide(graph, node, convolution) && Wins(convolution);

    private Graph Rewrite(Graph graph)
    {
        int[] moved = new int[graph.Nodes.Count];
        for (int i = 0; i < moved.Length; i++)
        {
            var node = graph[i];
            builder.Layer = node.Layer;
            var operands = node.Operands.Select(o => builder.At(moved[o])).ToArray();
            if (WinogradConvolution.Of(k => graph[k], node) is { } convolution && IsTaken(graph, node, convolution)) operands = [.. operands, Transformed(convolution, (ContractOp)node.Op, operands[1])];
            else if (WinogradConvolution.OfGradient(k => graph[k], node) is { } gradient && IsTaken(graph, node, gradient)) operands = [.. operands, Matrix(gradient.Size.Taps, false, false)];
            moved[i] = builder.Add(node.Op, operands, node.Shape, node.PerRow).Index;
        }
        return builder.Build(graph.Outputs.Select(o => o with { Node = moved[o.Node] }));
    }

    /// <summary>
    /// Whether the channels of a pixel lie side by side, as the transforms take them: those of an image in the user's order do when it was padded. Where they fill no vector, what lies behind the last pixel is read,
    /// too, which the caller's memory may not have.
    /// </summary>
    private static bool LiesSideBySide(Graph graph, Node node, WinogradConvolution convolution)
        => View.Of(graph, node.Operands[0]) is { } view && view.Strides[((ContractOp)node.Op).Left.Items.IndexOf(convolution.Channel)] == 1
        && (Winograd.Padded(convolution.Channels) == convolution.Channels || graph[view.Root].Op is not InputOp);

    /// <summary>Whether fewer products save more than the transforms cost.</summary>
    private static bool Wins(WinogradConvolution convolution)
    {
        var (size, (height, width)) = (convolution.Size, convolution.Tiled);
        bool Fits(int channels) => channels % Lanes == 0 || (size.Taps > 3 && channels is >= FewestLanes and < Lanes);
        if (!Fits(convolution.Channels) || !Fits(convolution.Outputs) || height < size.Side || width < size.Side) return false;
        long pairs = (long)convolution.Channels * convolution.Outputs, transforms = Winograd.Padded(convolution.Channels) + Winograd.Padded(convolution.Outputs);
        long products = (size.ProductsIn(height, width) * pairs) + (size.TilesIn(height, width) * TransformCost * transforms);
        return products < (long)convolution.Height * convolution.Width * size.Taps * size.Taps * pairs;
    }

    /// <summary>The taps' 36 numbers for each channel and output.</summary>
    private Value Transformed(WinogradConvolution convolution, ContractOp contract, Value weights)
        => builder.Add(new ContractOp(new[] { convolution.Frequencies, convolution.TapDown, convolution.TapAcross }, contract.Right,
            new[] { convolution.Frequencies, convolution.Channel, convolution.Output }, OverRows: false),
            Matrix(convolution.Size.Taps, convolution.IsReversedDown && !convolution.IsTransposed, convolution.IsReversedAcross && !convolution.IsTransposed), weights);

    /// <summary>What each tap adds to each of the 36 numbers.</summary>
    private Value Matrix(int taps, bool isReversedDown, bool isReversedAcross)
    {
        double Power(int point, int tap) => point == Points.Length ? (tap == taps - 1 ? 1 : 0) : Points[point].Factor * Math.Pow(Points[point].Point, tap);
        double Of(int point, int tap, bool isReversed) => Power(point, isReversed ? taps - 1 - tap : tap);
        var numbers = from i in Enumerable.Range(0, Points.Length + 1)
                      from j in Enumerable.Range(0, Points.Length + 1)
                      from y in Enumerable.Range(0, taps)
                      from x in Enumerable.Range(0, taps)
                      select Of(i, y, isReversedDown) * Of(j, x, isReversedAcross);
        return builder.Add(new ConstantOp(numbers.ToEquatableArray(), Shape.Of(Winograd.Frequencies, taps, taps)));
    }
}
