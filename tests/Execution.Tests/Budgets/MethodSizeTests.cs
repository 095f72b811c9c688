using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using DlGen.Tests.Compiling;

namespace DlGen.Tests.Budgets;

/// <summary>
/// No emitted method is so large that the JIT gives up: past 16 KB of IL or 400 locals code runs at half speed, at 46 KB unoptimised, and nothing says so.
/// </summary>
public class MethodSizeTests
{
    private const int LargestIl = 16 * 1024, MostLocals = 400;

    private const string Sources = """
        [Model, SoftmaxCrossEntropy]
        public partial class Transformer
        {
            private static Tensor Forward([Input(32, 128)] Tensor x)
            {
                for (int i = 0; i < 12; i++)
                {
                    x += Attention(x.LayerNorm()).Dropout(0.1);
                    x += x.LayerNorm().Linear(512).Gelu().Linear(128).Dropout(0.1);
                }
                return x.LayerNorm().Mean(0).Linear(65);
            }

            private static Tensor Attention(Tensor x)
            {
                var weights = (x.Linear(128).MatMul(x.Linear(128).Transpose()) * 0.125).Softmax();
                return weights.MatMul(x.Linear(128)).Linear(128);
            }
        }

        [Model(Precision = Precision.Float64), SoftmaxCrossEntropy]
        public partial class Activations
        {
            private static Tensor Forward([Input(784)] Tensor x)
                => x.Linear(513).Mish().LayerNorm().Linear(511).Gelu().Linear(300).Selu().Softplus().HardSwish().Linear(257).Elu().Softmax().Linear(100);
        }
        """;

    [Fact]
    public void The_largest_models_stay_within_the_budget()
    {
        byte[] image = CompiledModels.From(Sources).Image;
        using var file = new PEReader(new MemoryStream(image));
        var metadata = file.GetMetadataReader();
        int seen = 0;
        foreach (var handle in metadata.MethodDefinitions)
        {
            var method = metadata.GetMethodDefinition(handle);
            if (method.RelativeVirtualAddress == 0) continue;
            var body = file.GetMethodBody(method.RelativeVirtualAddress);
            string name = metadata.GetString(metadata.GetTypeDefinition(method.GetDeclaringType()).Name) + "." + metadata.GetString(method.Name);
            // Static constructors run once; they hold the layer table.
            if (name.EndsWith(".cctor", StringComparison.Ordinal)) continue;
            seen++;
            Assert.True(body.GetILBytes()!.Length <= LargestIl, $"{name} has {body.GetILBytes()!.Length} bytes of IL");
            Assert.True(LocalsOf(metadata, body) <= MostLocals, $"{name} has {LocalsOf(metadata, body)} locals");
        }
        Assert.True(seen > 100);
    }

    private static int LocalsOf(MetadataReader metadata, MethodBodyBlock body)
    {
        if (body.LocalSignature.IsNil) return 0;
        var signature = metadata.GetBlobReader(metadata.GetStandaloneSignature(body.LocalSignature).Signature);
        signature.ReadSignatureHeader();
        return signature.ReadCompressedInteger();
    }
}
