namespace DlGen.Tests;

public sealed class ModelInfoTests
{
    [Fact]
    public void The_table_is_aligned()
    {
        var info = new ModelInfo(
            "Mnist",
            [
                new("linear_1", "Linear", [128], 100_480, 200_704),
                new("relu_1", "Relu", [128], 0, 128),
                new("fold", "Reshape", [2, 64], 0, 0),
            ],
            100_480, 784, 128, 200_832, 700, 3 * 1024 * 1024, 32);
        Assert.Equal(
            """
            Mnist
            -----------------------------------------------
            Layer     Kind     Output   Parameters    FLOPs
            -----------------------------------------------
            linear_1  Linear   (128)       100,480  200,704
            relu_1    Relu     (128)             0      128
            fold      Reshape  (2, 64)           0        0
            -----------------------------------------------
            Parameters: 100,480
            FLOPs per row, forward: 200,832
            Numbers per row: 784 in, 128 out
            Working memory: 700 B to predict, 3.0 MiB to train on 32 rows

            """.Replace("\r\n", "\n", StringComparison.Ordinal),
            info.ToString());
    }
}
