namespace DlGen.Tests.Programs;

internal static partial class ForwardModels
{
    private static Dictionary<string, string> Attention => new()
    {
        ["SelfAttention"] = """
            [Model{P}, MeanSquaredError]
            public partial class SelfAttention
            {
                private static Tensor Forward([Input(5, 6)] Tensor x) => x.Attention(2);
            }
            """,
    };
}
