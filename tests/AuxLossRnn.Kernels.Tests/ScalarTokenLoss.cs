namespace AuxLossRnn.Kernels.Tests;

/// <summary>Random numbers for two feed-forward layers with a token loss on top, and its sum and gradients in plain loops, in float64.</summary>
internal sealed class ScalarTokenLoss
{
    /// <summary>The layers and what they read.</summary>
    /// <param name="shape">Their shapes.</param>
    /// <param name="count">The tokens N.</param>
    public ScalarTokenLoss(TokenLossShape shape, int count)
    {
        (Shape, Count) = (shape, count);
        (int inputs, int hidden, int features, int levels, _) = shape;
        Outputs = features * Math.Max(1, levels);
        var random = new Random(1000 * hidden + 100 * levels + 10 * features + count);
        X = Numbers.Draw(random, count * inputs, 2);
        FirstWeights = Numbers.Draw(random, hidden * inputs, 2 / Math.Sqrt(inputs));
        FirstBias = Numbers.Draw(random, hidden);
        SecondWeights = Numbers.Draw(random, Outputs * hidden, 4 / Math.Sqrt(hidden));
        SecondBias = Numbers.Draw(random, Outputs);
        Values = Numbers.Draw(random, count * features);
        Tokens = [.. Enumerable.Range(0, count * features).Select(_ => (byte)random.Next(Math.Max(1, levels)))];
    }

    public TokenLossShape Shape { get; }

    public int Count { get; }

    /// <summary>The outputs O of the second layer.</summary>
    public int Outputs { get; }

    /// <summary>What the layers read, <c>[N, D]</c>.</summary>
    public double[] X { get; }

    /// <summary>W₁, <c>[M, D]</c>.</summary>
    public double[] FirstWeights { get; }

    /// <summary>b₁, <c>[M]</c>.</summary>
    public double[] FirstBias { get; }

    /// <summary>W₂, <c>[O, M]</c>.</summary>
    public double[] SecondWeights { get; }

    /// <summary>b₂, <c>[O]</c>.</summary>
    public double[] SecondBias { get; }

    /// <summary>The values to predict, <c>[N, F]</c>.</summary>
    public double[] Values { get; }

    /// <summary>The levels to predict, <c>[N, F]</c>.</summary>
    public byte[] Tokens { get; }

    /// <summary>Everything by name: the loss and, beginning with d, the gradients.</summary>
    public Dictionary<string, double[]> Results()
    {
        (int inputs, int hidden, int features, int levels, bool relu) = Shape;
        double loss = 0;
        double[] dx = new double[X.Length], dFirst = new double[FirstWeights.Length], dFirstBias = new double[hidden];
        double[] dSecond = new double[SecondWeights.Length], dSecondBias = new double[Outputs];
        for (int token = 0; token < Count; token++)
        {
            var h = new double[hidden];
            for (int m = 0; m < hidden; m++)
            {
                double sum = FirstBias[m];
                for (int d = 0; d < inputs; d++)
                {
                    sum += FirstWeights[m * inputs + d] * X[token * inputs + d];
                }

                h[m] = relu ? Math.Max(0, sum) : Math.Tanh(sum);
            }

            var y = new double[Outputs];
            for (int o = 0; o < Outputs; o++)
            {
                y[o] = SecondBias[o];
                for (int m = 0; m < hidden; m++)
                {
                    y[o] += SecondWeights[o * hidden + m] * h[m];
                }
            }

            var dy = new double[Outputs];
            for (int feature = 0; feature < features; feature++)
            {
                int at = token * features + feature;
                if (levels == 0)
                {
                    loss += Math.Pow(y[feature] - Values[at], 2);
                    dy[feature] = 2 * (y[feature] - Values[at]);
                    continue;
                }

                int target = feature * levels + Tokens[at];
                double total = y[(feature * levels)..((feature + 1) * levels)].Sum(Math.Exp);
                loss += Math.Log(total) - y[target];
                for (int o = feature * levels; o < (feature + 1) * levels; o++)
                {
                    dy[o] = Math.Exp(y[o]) / total - (o == target ? 1 : 0);
                }
            }

            var dh = new double[hidden];
            for (int o = 0; o < Outputs; o++)
            {
                dSecondBias[o] += dy[o];
                for (int m = 0; m < hidden; m++)
                {
                    dSecond[o * hidden + m] += dy[o] * h[m];
                    dh[m] += dy[o] * SecondWeights[o * hidden + m];
                }
            }

            for (int m = 0; m < hidden; m++)
            {
                double before = dh[m] * (relu ? (h[m] > 0 ? 1 : 0) : 1 - h[m] * h[m]);
                dFirstBias[m] += before;
                for (int d = 0; d < inputs; d++)
                {
                    dFirst[m * inputs + d] += before * X[token * inputs + d];
                    dx[token * inputs + d] += before * FirstWeights[m * inputs + d];
                }
            }
        }

        return new Dictionary<string, double[]>
        {
            ["loss"] = [loss],
            ["d x"] = dx,
            ["d first weights"] = dFirst,
            ["d first bias"] = dFirstBias,
            ["d second weights"] = dSecond,
            ["d second bias"] = dSecondBias,
        };
    }
}
