using DlGen.Emission;
using DlGen.Graphs;
using DlGen.Kernels;
using DlGen.Lowering;
using DlGen.Ops;
using DlGen.Reading;
using DlGen.Tests.Harness;

namespace DlGen.Tests;

/// <summary>Scan and the layers made of it: shapes, names, what a cell may be, and what runs in the loop.</summary>
public class RecurrenceTests
{
    private const string CellMethod = "private static Tensor Cell(Tensor state, Tensor step) => (state.Linear(4) + step.Linear(4)).Tanh();";

    [Theory]
    [InlineData("Lstm(4)", "(4)")]
    [InlineData("Lstm(4, ReturnSequence = true)", "(7, 4)")]
    [InlineData("Lstm(4, Bidirectional = true)", "(8)")]
    [InlineData("Lstm(4, Layers = 2, Bidirectional = true, ReturnSequence = true, ProjSize = 3)", "(7, 6)")]
    [InlineData("Lstm(4, Layers = 2, Bidirectional = true, ReturnSequence = true)", "(7, 8)")]
    [InlineData("Rnn(4, Layers = 2)", "(4)")]
    [InlineData("Gru(4, Bidirectional = true)", "(8)")]
    [InlineData("Gru(4, Layers = 2, Dropout = 0.5, ReturnSequence = true)", "(7, 4)")]
    [InlineData("LastStep", "(3)")]
    public void Shape_of_the_output(string layer, string output) => Assert.Equal(output, Model.Sequential($"Input(7, 3), {layer}").Output);

    [Theory]
    [InlineData("return Tensor.Scan(x, Tensor.Zeros(4), (state, step) => state + step.Linear(4));", "(7, 4)")]
    [InlineData("return Tensor.Scan(x, Tensor.Zeros(4), Cell);", "(7, 4)")]
    [InlineData("return Tensor.Scan(initial: Tensor.Zeros(2, 2), cell: static (state, step) => { var sum = step.Sum(); return state.Transpose() * sum; }, sequence: x);", "(7, 2, 2)")]
    [InlineData("return Tensor.Scan(x.Reshape(21), 0.5, (state, step) => (state + step).Tanh());", "(21)")]
    [InlineData("var (outputs, last) = Tensor.Scan(x, Tensor.Zeros(4), (state, step) => (step.Linear(2), Cell(state, step))); return outputs;", "(7, 2)")]
    [InlineData("var result = Tensor.Scan(x, Tensor.Zeros(4), (state, step) => (state, Cell(state, step))); return result.Final;", "(4)")]
    [InlineData("var (_, (a, b)) = Tensor.Scan(x, (x[0], (Tensor)1), (s, step) => (step, (s.Item1 * s.Item2, s.Item2 + step.Sum()))); return a * b;", "(3)")]
    [InlineData("(Tensor h, Tensor c) start = (x[0], x[1]); var end = Tensor.Scan(x, start, (s, step) => (s.h, (h: s.c, c: step))).Final; return Tensor.Concat(end.h, end.c);", "(6)")]
    public void What_a_scan_gives(string body, string output) => Assert.Equal(output, Model.Forward(body, input: "7, 3", members: CellMethod).Output);

    [Fact]
    public void The_parameters_are_those_of_PyTorch()
    {
        var graph = Model.Sequential("Input(7, 3), Lstm(4, Layers = 2, Bidirectional = true)").Training;
        string[] expected = [.. new[] { "_l0", "_l0_reverse", "_l1", "_l1_reverse" }.SelectMany(suffix => new[]
        {
            $"lstm_1.weight_ih{suffix} (16, {(suffix.StartsWith("_l0", StringComparison.Ordinal) ? 3 : 8)})", $"lstm_1.weight_hh{suffix} (16, 4)",
            $"lstm_1.bias_ih{suffix} (16)", $"lstm_1.bias_hh{suffix} (16)",
        })];
        var parameters = graph.Nodes.Select(n => n.Op).OfType<ParameterOp>().ToList();
        Assert.Equal(expected, parameters.Select(p => $"{p.Path} {p.Extents}"));
        Assert.All(parameters, p => Assert.Equal(new Initialization(InitializerKind.Uniform, 0.5), p.Initialization));
    }

    [Fact]
    public void A_cell_is_read_once_and_its_layers_are_named_by_it()
    {
        var declaration = Model.Forward("return Tensor.Scan(x, Tensor.Zeros(4), Cell) + Tensor.Scan(x, Tensor.Ones(4), (state, step) => state + step.Linear(4));", input: "7, 3", members: CellMethod).Read();
        Assert.Equal(["cell_1.linear_1", "cell_1.linear_2", "cell_1.tanh_1", "linear_1"], declaration.Layers.Select(l => l.Path));
        Assert.Equal(2, declaration.Training!.Nodes.Count(n => n.Op is ScanOp));
    }

    [Fact]
    public void Equal_cells_are_equal_graphs_and_others_are_not()
    {
        Declaration Of(string cell) => Model.Forward($"return Tensor.Scan(x, Tensor.Zeros(3), (state, step) => {cell});", input: "7, 3").Read();
        Assert.Equal(Of("(state + step).Tanh()"), Of("{ var sum = state + step; return sum.Tanh(); }"));
        Assert.Equal(Of("(state + step).Tanh()").GetHashCode(), Of("{ var sum = state + step; return sum.Tanh(); }").GetHashCode());
        Assert.NotEqual(Of("(state + step).Tanh()"), Of("(state + step).Sin()"));
        Assert.NotEqual(Of("(state + step).Tanh()"), Of("(state + 2 * step).Tanh()"));
    }

    [Theory]
    [InlineData("return Tensor.[|Scan(x, Tensor.Zeros(4), (state, step) => step)|];", "DLG0201", "The cell gets a state of the shape (4) but gives (3)")]
    [InlineData("return Tensor.[|Scan(x.Sum(), Tensor.Zeros(4), (state, step) => step)|];", "DLG0201", "A recurrence goes along the first axis, time, but the sequence has the shape ()")]
    [InlineData("return Tensor.Scan(x, Tensor.Zeros(3), (state, step) => [|state + step.Linear(4)|]);", "DLG0201", "(3) and (4) don't fit together")]
    [InlineData("return Tensor.Scan(x, Tensor.Zeros(3), (state, step) => (state + step).[|BatchNorm()|]);", "DLG0109", "Statistics of the batch can't be taken at every step")]
    [InlineData("return Tensor.Scan(x, Tensor.Zeros(4), (state, step) => state + x.[|Lstm(4)|]);", "DLG0109", "A recurrence can't run within the cell of another")]
    [InlineData("return Tensor.Scan(x, Tensor.Zeros(3), (state, step) => state + Tensor.[|Scan(x, step, (inner, other) => inner + other)|][0]);", "DLG0109", "A recurrence can't run within the cell of another")]
    [InlineData("var last = x[0]; return Tensor.Scan(x, Tensor.Zeros(3), (state, step) => { [|last|] = step; return state + last; });", "DLG0120", "an assignment to 'last', which belongs to the method around the cell")]
    [InlineData("return Tensor.Scan(x, [|0.5|], (state, step) => (step, state)).Outputs;", "DLG0120", "a state of type double")]
    [InlineData("return Tensor.Scan(x, [|new[] { x[0] }|], (state, step) => (step, state)).Outputs;", "DLG0120", "a state of type Tensor[]")]
    public Task What_a_cell_can_not_be(string body, string id, string words) => Model.Forward(body, input: "7, 3").Reports(id, words);

    [Theory]
    [InlineData("return Tensor.[|Scan(words, Tensor.Zeros(3), (state, step) => state + step)|];", "A recurrence needs numbers, but words holds ids")]
    [InlineData("return Tensor.Scan(words.Embedding(3), Tensor.Zeros(3), (state, step) => state + step * [|words|][0]);", "The cell of a recurrence needs numbers, but words holds ids")]
    public Task Ids_are_looked_up_outside_of_the_cell(string body, string message)
        => Model.Source($$"""
            [Model]
            public partial class Net
            {
                private static Tensor Forward([Tokens(7, 9)] Tensor words) { {{body}} }
            }
            """).Reports("DLG0202", message);

    [Theory]
    [InlineData("Input(3), [|Lstm(4)|]", "DLG0201", "Lstm(4) expects a sequence (time, features), but the input is (3); add Reshape")]
    [InlineData("Input(2, 3, 4), [|Lstm(4)|]", "DLG0201", "Lstm(4) expects a sequence (time, features), but the input is (2, 3, 4)")]
    [InlineData("Input(7, 3), [|Lstm(0)|]", "DLG0109", "units must be at least 1")]
    [InlineData("Input(7, 3), [|Lstm(4, ProjSize = 4)|]", "DLG0109", "projSize must be from 1 to less than the units, or 0 for no projection")]
    [InlineData("Input(7, 3), [|Lstm(4, Layers = 0)|]", "DLG0109", "layers must be at least 1")]
    public Task What_Lstm_refuses(string attributes, string id, string words) => Model.Sequential(attributes).Reports(id, words);

    [Fact]
    public void A_cell_costs_what_its_steps_cost()
    {
        // Both products of each step, and at least the sums, gates and states of its units.
        long operations = LayerCosts.ByLayer(Model.Sequential("Input(7, 3), Lstm(4), Linear(2)").Prediction)["lstm_1"];
        Assert.InRange(operations, 7 * (2 * 16 * (3 + 4)), 2 * 7 * (2 * 16 * (3 + 4)));
    }

    [Fact]
    public Task A_layer_that_the_cell_does_not_use_is_reported()
        => Model.Forward("return Tensor.Scan(x, Tensor.Zeros(3), (state, step) => { var unused = state.[|Linear(5)|]; return state + step; });", input: "7, 3").Reports("DLG0304");

    /// <summary>The input product and the gradient of every parameter are one product or sum over rows and time; in the loops are the state's products alone.</summary>
    [Fact]
    public void Only_what_needs_the_state_runs_in_the_loop()
    {
        var module = Model.Sequential("Input(7, 3), Lstm(4), Linear(2), MeanSquaredError").Lowered;
        var launches = module.Find(EntryProgram.Gradients)!.Phases.SelectMany(p => p.Launches).ToList();
        Assert.Equal(2, launches.Select(l => l.Loop).OfType<Loop>().Distinct().Count());
        Assert.All(launches.Select(l => l.Loop).OfType<Loop>(), l => Assert.Equal(7, l.Steps));

        bool IsContraction(Launch launch) => module.Kernels[launch.Kernel] is ContractionKernel;
        Assert.Equal(2, launches.Count(l => l.Loop is not null && IsContraction(l)));
        // Forward: of the sequence, of Linear. Backward: Linear's two, and by weight_ih and weight_hh.
        Assert.Equal(6, launches.Count(l => l.Loop is null && IsContraction(l)));
        foreach (var parameter in module.Parameters)
        {
            var writing = Assert.Single(launches, l => l.Arguments.Zip(module.Kernels[l.Kernel].Buffers)
                .Any(b => b.Second.IsWritten && b.First.Region == Region.Gradients && b.First.Offset == parameter.Offset));
            Assert.Null(writing.Loop);
            Assert.Equal(parameter.Shape.Rank == 2, IsContraction(writing));
        }
    }

    [Fact]
    public void Lstm_written_by_hand_launches_the_layers_kernels()
    {
        var byHand = Model.Forward("""
            var (w, u, a, b) = (Tensor.Parameter([16, 3], name: "w"), Tensor.Parameter([16, 4], name: "u"), Tensor.Parameter([16], name: "a"), Tensor.Parameter([16], name: "b"));
            return Tensor.Scan(x, (h: Tensor.Zeros(4), c: Tensor.Zeros(4)), (state, step) =>
            {
                var gates = (step.MatMul(w.Transpose()) + a) + (state.h.MatMul(u.Transpose()) + b);
                var c = gates[4..8].Sigmoid() * state.c + gates[..4].Sigmoid() * gates[8..12].Tanh();
                var h = gates[12..].Sigmoid() * c.Tanh();
                return (h, (h, c));
            }).Final.h.Linear(2);
            """, input: "7, 3", attributes: "MeanSquaredError").Lowered;
        var layer = Model.Sequential("Input(7, 3), Lstm(4), Linear(2), MeanSquaredError").Lowered;
        Assert.Equal(layer.Programs.Count, byHand.Programs.Count);
        foreach (var (expected, actual) in layer.Programs.Zip(byHand.Programs)) Assert.Equal(Launches(layer, expected), Launches(byHand, actual));
    }

    private static List<(Kernel, Loop?)> Launches(Module module, EntryProgram program)
        => [.. program.Phases.SelectMany(p => p.Launches).Select(l => (module.Kernels[l.Kernel], l.Loop is null ? null : l.Loop with { Number = 0 }))];
}
