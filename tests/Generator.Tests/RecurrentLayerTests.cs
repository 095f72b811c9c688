using System.Text.RegularExpressions;
using DlGen.Graphs;
using DlGen.Kernels;
using DlGen.Ops;
using DlGen.Tests.Harness;

namespace DlGen.Tests;

/// <summary>Rnn, Lstm and Gru: what they take beside the sequence, the state that they give, and what they refuse.</summary>
public class RecurrentLayerTests
{
    private const string Input = "7, 3";

    [Theory]
    [InlineData("x.Gru(4, out var state); return state;", "(1, 4)")]
    [InlineData("x.Rnn(4, out Tensor state, layers: 2, bidirectional: true); return state;", "(4, 4)")]
    [InlineData("x.Lstm(4, out var state, layers: 3); return state.Hidden + state.Cell;", "(3, 4)")]
    [InlineData("x.Lstm(4, out var state, projSize: 3); return state.Hidden;", "(1, 3)")]
    [InlineData("x.Lstm(4, out var state, projSize: 3); return state.Cell;", "(1, 4)")]
    [InlineData("x.Lstm(4, out (Tensor h, Tensor c) state); return state.c;", "(1, 4)")]
    [InlineData("Tensor state; x.Gru(4, out state); return state;", "(1, 4)")]
    [InlineData("var states = new Tensor[2]; x.Gru(4, out states[1]); return states[1];", "(1, 4)")]
    [InlineData("x.Gru(state: out var state, units: 4); return state;", "(1, 4)")]
    [InlineData("return x.Gru(4, out _);", "(4)")]
    [InlineData("return x.Gru(4, out var _, returnSequence: true);", "(7, 4)")]
    [InlineData("var y = x.Gru(4, out var state, returnSequence: true); return y.Gru(4, out state, initial: state).Linear(2) + state.Linear(2)[0];", "(2)")]
    [InlineData("x.Lstm(4, out var state); return x.Lstm(4, initial: state);", "(4)")]
    [InlineData("x.Lstm(4, out var state); return x.Lstm(4, initial: (state.Cell, Tensor.Zeros(1, 4)));", "(4)")]
    [InlineData("return x.Lstm(4, initial: (x[0].Linear(4), Tensor.Zeros(4)));", "(4)")]
    [InlineData("Tensor none = null; return x.Rnn(4, initial: none, mask: null);", "(4)")]
    [InlineData("return x.Gru(4, layers: 2, initial: Tensor.Parameter([2, 4]), mask: x[.., 0] > 0, returnSequence: true).LastStep(mask: x[.., 0] > 0);", "(4)")]
    [InlineData("var (first, second) = Both(x); return first + second; static (Tensor, Tensor) Both(Tensor x) { var y = x.Gru(3, out var state); return (y, state[0]); }", "(3)")]
    public void Shapes_of_states(string body, string output) => Assert.Equal(output, Model.Forward(body, Input).Output);

    [Theory]
    [InlineData("Rnn(4)", 4)]
    [InlineData("Gru(4)", 12)]
    [InlineData("Lstm(4)", 16)]
    public void The_parameters_are_those_of_PyTorch(string layer, int sums)
    {
        string name = layer.Split('(')[0].ToLowerInvariant() + "_1";
        var parameters = Model.Sequential($"Input({Input}), {layer}").Training.Nodes.Select(n => n.Op).OfType<ParameterOp>().ToList();
        Assert.Equal([$"{name}.weight_ih_l0 ({sums}, 3)", $"{name}.weight_hh_l0 ({sums}, 4)", $"{name}.bias_ih_l0 ({sums})", $"{name}.bias_hh_l0 ({sums})"], parameters.Select(p => $"{p.Path} {p.Extents}"));
        Assert.All(parameters, p => Assert.Equal(new Initialization(InitializerKind.Uniform, 0.5), p.Initialization));
        var without = Model.Sequential($"Input({Input}), {layer.Replace(")", ", Bias = false)", StringComparison.Ordinal)}").Training;
        Assert.Equal([$"{name}.weight_ih_l0", $"{name}.weight_hh_l0"], without.Nodes.Select(n => n.Op).OfType<ParameterOp>().Select(p => p.Path));
    }

    /// <summary>
    /// A step is one pass over its gates and one product, backwards too: there the gates come as they were forwards, and their gradients are written as the product reads them.
    /// </summary>
    [Theory]
    [InlineData("Gru(16)")]
    [InlineData("Lstm(16)")]
    [InlineData("Rnn(16)")]
    public void A_step_is_one_pass_and_one_product_in_both_directions(string layer)
    {
        var module = Model.Sequential($"Input({Input}), {layer}, Linear(2), MeanSquaredError").Lowered;
        var loops = module.Find(EntryProgram.Gradients)!.Phases.SelectMany(p => p.Launches).Where(l => l.Loop is not null)
            .GroupBy(l => l.Loop!.Number, l => module.Kernels[l.Kernel]).Select(loop => loop.ToList()).ToList();
        Assert.Equal(2, loops.Count);
        Assert.InRange(loops[0].Count, 1, 2); // a lone gate ends the product
        Assert.Single(loops[1].OfType<ContractionKernel>());
        Assert.DoesNotContain(Assert.IsType<MapKernel>(Assert.Single(loops[1], k => k is not ContractionKernel)).Body.Code, IsGate);

        static bool IsGate(BodyInstruction code) => code is { Op: BodyOp.Scalar, Function: ScalarOp.Sigmoid or ScalarOp.Tanh };
    }

    /// <summary>Beside a state for each step and the beginning: gates, and of the GRU's product the third that its gradient reads.</summary>
    [Theory]
    [InlineData("Rnn(16)", 1)]
    [InlineData("Lstm(16)", 7)]
    [InlineData("Gru(16)", 5)]
    public void A_step_keeps_what_its_gradient_reads_and_no_more(string layer, int numbersOfUnit)
    {
        var module = Model.Sequential($"Input({Input}), {layer}, Linear(2), MeanSquaredError").Lowered;
        int slots = module.Find(EntryProgram.Gradients)!.Phases.SelectMany(p => p.Launches).Where(l => l.Loop is not null).Min(l => l.Loop!.Steps) + 1;
        Assert.Equal(slots * 16 * numbersOfUnit, module.Find(EntryProgram.Gradients)!.KeptForBackward);
    }

    /// <summary>Of p the first half is kept, which its gradient reads; the other ends in its tangent, which is kept.</summary>
    [Fact]
    public void A_cell_keeps_the_slice_that_its_gradient_reads()
    {
        string text = TestCompilation.GeneratedText(TestCompilation.Compile("""
            using DlGen;
            [Model, MeanSquaredError]
            public partial class Net
            {
                private static Tensor Forward([Input(5, 3)] Tensor x)
                {
                    var (outputs, last) = Tensor.Scan(x, Tensor.Zeros(3), (state, step) =>
                    {
                        var p = state.Linear(6);
                        return (state, (p[..3] * p[3..].Tanh() + step).Tanh());
                    });
                    return (outputs.Sum(0) + last).Linear(2);
                }
            }
            """));
        // A loop begins with its slots, one for each step and one for the beginning; the first loop of a step is that forwards.
        string training = text[text.IndexOf("void GradientsShards1", StringComparison.Ordinal)..];
        Assert.Equal("9", Regex.Match(training, @" → \(6, (\d+)\)\n").Groups[1].Value);
    }

    [Fact]
    public void Dropout_acts_between_layers_in_training_alone()
    {
        var model = Model.Sequential($"Input({Input}), Gru(4, Layers = 3, Bidirectional = true, Dropout = 0.5)").Read();
        Assert.Equal(["(7, 8)", "(7, 8)"], model.Training!.Nodes.Where(n => n.Op is RandomOp).Select(n => n.Shape.ToString()));
        Assert.DoesNotContain(model.Prediction!.Nodes, n => n.Op is RandomOp);
    }

    [Fact]
    public void What_a_layer_gives_beside_its_result_costs_nothing_until_it_is_used()
        => Assert.Equal(Model.Forward("return x.Gru(4);", Input).Read(), Model.Forward("return x.Gru(4, out _);", Input).Read());

    [Fact]
    public Task A_layer_is_used_by_its_state() => Model.Forward("x.Lstm(4, out var state); return state.Cell;", Input).ReportsNothing();

    [Fact]
    public Task A_layer_of_which_nothing_is_used_is_reported()
        => Model.Forward("x.[|Gru(4, out var state)|]; return x;", Input).Reports("DLG0304");

    [Theory]
    [InlineData("Input(3), [|Rnn(4)|]", "DLG0201", "Rnn(4) expects a sequence (time, features), but the input is (3); add Reshape")]
    [InlineData("Input(7, 3), [|Gru(0)|]", "DLG0109", "units must be at least 1")]
    [InlineData("Input(7, 3), [|Gru(4, Layers = 2000000000)|]", "DLG0109", "layers must be at most 1000")]
    [InlineData("Input(7, 3), [|Gru(4, Layers = 2, Dropout = 1)|]", "DLG0109", "Gru(4): dropout must be at least 0 and below 1")]
    [InlineData("Input(7, 3), [|Gru(4, Dropout = 0.5)|]", "DLG0109", "Gru(4): dropout acts between layers, and there is one; leave it out, or add Dropout after it")]
    [InlineData("Input(7, 3), [|Rnn(4, Nonlinearity = (Nonlinearity)2)|]", "DLG0109", "Rnn(4): nonlinearity must be one of Tanh, Relu")]
    [InlineData("Input(7), [|LastStep|]", "DLG0201", "LastStep expects a sequence (time, features), but the input is (7); add Reshape")]
    [InlineData("Input(7, 3), [|Lstm(1000000000)|]", "DLG0201", "more than 2^30 numbers")]
    public Task What_they_refuse(string attributes, string id, string words) => Model.Sequential(attributes).Reports(id, words);

    [Theory]
    [InlineData("return x.[|Gru(4, initial: x[0])|];", "Gru(4) expects an initial state of the shape (1, 4) or (4), but it is (3)")]
    [InlineData("return x.[|Gru(4, layers: 2, initial: Tensor.Zeros(4))|];", "Gru(4) expects an initial state of the shape (2, 4), a row for each layer and direction, but it is (4)")]
    [InlineData("return x.[|Lstm(4, projSize: 3, initial: (Tensor.Zeros(4), Tensor.Zeros(4)))|];", "Lstm(4) expects an initial state of the shape (1, 3) or (3), but it is (4)")]
    [InlineData("return x.[|Lstm(4, initial: (Tensor.Zeros(4), 0))|];", "Lstm(4) expects an initial state of the shape (1, 4) or (4), but it is ()")]
    [InlineData("return x.[|Gru(4, mask: Tensor.Ones(7, 1))|];", "Gru(4) expects a mask of the shape (7), 1 or 0 for each time step, but it is (7, 1)")]
    [InlineData("return x.[|LastStep(mask: x)|];", "LastStep expects a mask of the shape (7), 1 or 0 for each time step, but it is (7, 3)")]
    public Task Tensors_that_do_not_fit(string body, string words) => Model.Forward(body, Input).Reports("DLG0201", words);

    [Fact]
    public Task A_recurrence_begins_where_another_ended()
        => Model.Source("""
            [Model]
            public partial class Translator
            {
                private static Tensor Forward([Tokens(20, 80)] Tensor source, [Tokens(22, 60)] Tensor target)
                {
                    source.Embedding(8).Gru(16, out var state, mask: source != 0);
                    return target[..^1].Embedding(8).Gru(16, initial: state, returnSequence: true).Linear(60);
                }

                private static (Tensor Loss, Tensor Weight) Loss(Tensor logits, Tensor target)
                    => (logits.SoftmaxCrossEntropy(target[1..], reduction: Reduction.None), target[1..] != 0);
            }
            """).ReportsNothing();

    [Fact]
    public Task A_mask_of_ids_is_refused()
        => Model.Source("[Model] public partial class Net { private static Tensor Forward([Tokens(7, 9)] Tensor words) => words.Embedding(3).[|Gru(4, mask: words)|]; }")
            .Reports("DLG0202", "The mask of Gru(4) needs numbers, but words holds ids");

    /// <summary>No product runs over time twice: those of the sequence are before the loops.</summary>
    [Theory]
    [InlineData("var m = x[.., 0] > 0; return x.Gru(4, mask: m, bidirectional: true).Linear(2);", 2)]
    [InlineData("return x.Rnn(4, layers: 2, initial: Tensor.Zeros(2, 4)).Linear(2);", 2)]
    public void Only_products_with_the_state_run_in_the_loop(string body, int loops)
    {
        var module = Model.Forward(body, Input, attributes: "MeanSquaredError").Lowered;
        var launches = module.Find(Kernels.EntryProgram.Predict)!.Phases.SelectMany(p => p.Launches).Where(l => l.Loop is not null).ToList();
        Assert.Equal(loops, launches.Select(l => l.Loop).Distinct().Count());
        Assert.Equal(loops, launches.Count(l => module.Kernels[l.Kernel] is Kernels.ContractionKernel));
    }
}
