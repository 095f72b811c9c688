using DlGen.Cpu;
using DlGen.Graphs;
using DlGen.Kernels;
using DlGen.Tests.Harness;

namespace DlGen.Tests;

/// <summary>Networks of sequences have no kernel that falls back to plain loops or is in several pieces: the results would be as right, and late.</summary>
public class SequenceCoverageTests
{
    private const string Gpt = """
        [Model, SoftmaxCrossEntropy]
        public partial class Net
        {
            private static Tensor Forward([Tokens(40, 33)] Tensor tokens)
            {
                var table = Tensor.Parameter([33, 32], Initializer.Normal(0.02), name: "tokens");
                var x = tokens.Embedding(table).PositionEmbedding();
                x += x.LayerNorm().Attention(heads: 2, causal: true);
                x += x.LayerNorm().Linear(64).Gelu().Linear(32);
                return x.LayerNorm().MatMul(table.Transpose());
            }
        }
        """;

    [Theory]
    [InlineData("Input(9, 16), Rnn(32), Linear(10)")]
    [InlineData("Input(9, 16), Lstm(32, Layers = 2), Linear(10)")]
    [InlineData("Input(9, 16), Gru(32, Bidirectional = true), Linear(10)")]
    [InlineData("Input(40, 32), Attention(2, Rotary = true), LastStep, Linear(10)")]
    public void Every_kernel_of_a_training_step_is_printed_with_vectors(string attributes)
        => Assert.Empty(Plain(Model.Sequential(attributes + ", SoftmaxCrossEntropy").Lowered));

    /// <summary>Sums by id aside, whose counting is a loop over ids.</summary>
    [Fact]
    public void So_is_every_kernel_of_a_transformer() => Assert.All(Plain(Transformer()), kernel => Assert.IsType<ScatterKernel>(kernel));

    /// <summary>One forward, one for the gradients by all gates and both states; copies of their results and products aside. Exponentials stand in the loops alone.</summary>
    [Theory]
    [InlineData("Lstm(32)")]
    [InlineData("Rnn(32)")]
    public void A_cell_and_its_gradient_are_a_kernel_each(string recurrence)
    {
        var module = Model.Sequential($"Input(9, 16), {recurrence}, Linear(10), SoftmaxCrossEntropy").Lowered;
        var launches = module.Find(EntryProgram.Gradients)!.Phases.SelectMany(p => p.Launches).ToList();
        Assert.DoesNotContain(launches, l => l.Loop is null && module.Kernels[l.Kernel] is MapKernel { Body.IsExpensive: true });
        var inLoops = launches.Where(l => l.Loop is not null).GroupBy(l => l.Loop!.Number).ToList();
        Assert.Equal(2, inLoops.Count);
        foreach (var loop in inLoops)
        {
            Assert.Single(loop, l => module.Kernels[l.Kernel] is ContractionKernel);
            Assert.True(loop.Count(l => module.Kernels[l.Kernel] is MapKernel { Body.Code.Count: > 1 }) <= 1);
        }
    }

    /// <summary>The output projection has the table in panels, where the elements of an entry lie a cache line apart.</summary>
    [Fact]
    public void Entries_of_a_tied_table_are_read_side_by_side()
    {
        var lookups = Kernels(Transformer()).SelectMany(k => k switch { MapKernel map => map.Body.Accesses.Items, RowKernel row => row.Body.Accesses.Items, _ => [] }).Where(a => a.Id is not null).ToList();
        Assert.NotEmpty(lookups);
        Assert.All(lookups, access => Assert.Equal(1, access.Strides[access.Strides.Count - 1]));
    }

    [Fact]
    public void Attention_has_one_kernel_forward_and_one_for_all_its_gradients()
        => Assert.Equal(2, Kernels(Transformer()).OfType<AttentionKernel>().Count());

    private static Module Transformer() => Model.Source(Gpt).Lowered;

    /// <summary>A causal block computes the scores of all keys up to its last query: of few keys, smaller blocks compute fewer in vain.</summary>
    [Theory]
    [InlineData(64, true, 16)]
    [InlineData(128, true, 16)]
    [InlineData(129, true, 32)]
    [InlineData(64, false, 32)]
    public void Causal_attention_over_few_keys_has_small_blocks(int steps, bool causal, int block)
        => Assert.All(Kernels(Model.Sequential($"Input({steps}, 32), Attention(2, Causal = {(causal ? "true" : "false")}), LastStep, Linear(10), SoftmaxCrossEntropy").Lowered).OfType<AttentionKernel>(), k => Assert.Equal(block, k.QueryBlock));

    private static IEnumerable<Kernel> Kernels(Module module)
        => module.Find(EntryProgram.Gradients)!.Phases.SelectMany(p => p.Launches).Select(l => module.Kernels[l.Kernel]).Distinct();

    private static IEnumerable<Kernel> Plain(Module module)
        => Kernels(module).Where(k => !KernelPrinter.HasTemplate(k, new CpuOptions(Float64: false, Plain: false)) && !(k is MapKernel map && TranspositionTemplate.Fits(map)));
}
