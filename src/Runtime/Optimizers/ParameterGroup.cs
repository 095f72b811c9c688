using System.IO.Enumeration;

namespace DlGen;

/// <summary>Parameters that an optimizer treats otherwise than the rest; PyTorch's parameter groups. What is null is as the optimizer has it.</summary>
internal sealed record ParameterGroup(string? Pattern, Func<Parameter, bool> Includes, double LearningRateFactor, double? WeightDecay, double? L1)
{
    public static ParameterGroup Of(string pattern, double learningRateFactor, double? weightDecay, double? l1)
        => new(pattern, parameter => FileSystemName.MatchesSimpleExpression(pattern, parameter.Name, ignoreCase: false), learningRateFactor, weightDecay, l1);

    /// <summary>The last group that includes each parameter, or null.</summary>
    /// <exception cref="ArgumentException">A pattern matches none of them: a slip of the pen would train with other rates than meant.</exception>
    public static ParameterGroup?[] Assign(IReadOnlyList<ParameterGroup> groups, Parameter[] parameters)
    {
        var assigned = new ParameterGroup?[parameters.Length];
        foreach (ParameterGroup group in groups)
        {
            int count = 0;
            for (int i = 0; i < parameters.Length; i++)
            {
                if (!group.Includes(parameters[i]))
                    continue;
                assigned[i] = group;
                count++;
            }

            if (count == 0 && group.Pattern is string pattern)
                throw new ArgumentException($"The optimizer's group '{pattern}' matches no parameter. {NamesNear.To(pattern, [.. parameters.Select(parameter => parameter.Name)])}");
        }

        return assigned;
    }
}

/// <summary>What one step does with the parameters of a group.</summary>
internal readonly record struct UpdateRates(double LearningRate, double WeightDecay, double L1);
