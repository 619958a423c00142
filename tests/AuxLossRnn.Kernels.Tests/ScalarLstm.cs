namespace AuxLossRnn.Kernels.Tests;

/// <summary>Random numbers for one LSTM layer, and its results and gradients in plain loops: one number after another, in float64.</summary>
internal sealed class ScalarLstm
{
    /// <summary>A layer and what it reads.</summary>
    /// <param name="inputs">The inputs I.</param>
    /// <param name="hidden">The hidden size H.</param>
    /// <param name="rows">The rows B of the batch.</param>
    /// <param name="steps">The time steps t.</param>
    public ScalarLstm(int inputs, int hidden, int rows, int steps)
    {
        (Inputs, Hidden, Rows, Steps) = (inputs, hidden, rows, steps);
        var random = new Random(1000 * hidden + 100 * inputs + 10 * rows + steps);
        InputWeights = Numbers.Draw(random, 4 * hidden * inputs);
        HiddenWeights = Numbers.Draw(random, 4 * hidden * hidden, 2 / Math.Sqrt(hidden));
        Bias = Numbers.Draw(random, 4 * hidden);
        X = Numbers.Draw(random, steps * rows * inputs, 2);
        FirstHidden = Numbers.Draw(random, rows * hidden);
        FirstCell = Numbers.Draw(random, rows * hidden, 2);
        OutputsGradient = Numbers.Draw(random, steps * rows * hidden);
        HiddenGradient = Numbers.Draw(random, rows * hidden);
        CellGradient = Numbers.Draw(random, rows * hidden);
    }

    public int Inputs { get; }

    public int Hidden { get; }

    public int Rows { get; }

    public int Steps { get; }

    /// <summary>W_x, <c>[4H, I]</c>, the gates i, f, g, o one below the other.</summary>
    public double[] InputWeights { get; }

    /// <summary>W_h, <c>[4H, H]</c>.</summary>
    public double[] HiddenWeights { get; }

    /// <summary>b, <c>[4H]</c>.</summary>
    public double[] Bias { get; }

    /// <summary>The inputs, <c>[t, B, I]</c>.</summary>
    public double[] X { get; }

    /// <summary>h before the first step, <c>[B, H]</c>.</summary>
    public double[] FirstHidden { get; }

    /// <summary>c before the first step, <c>[B, H]</c>.</summary>
    public double[] FirstCell { get; }

    /// <summary>The gradient of h after each step, <c>[t, B, H]</c>.</summary>
    public double[] OutputsGradient { get; }

    /// <summary>The gradient of h after the last step, besides, <c>[B, H]</c>.</summary>
    public double[] HiddenGradient { get; }

    /// <summary>The gradient of c after the last step, <c>[B, H]</c>.</summary>
    public double[] CellGradient { get; }

    /// <summary>Everything by name: outputs, the last state and, beginning with d, the gradients.</summary>
    public Dictionary<string, double[]> Results()
    {
        int size = Rows * Hidden;
        var outputs = new double[Steps * size];
        double[] hidden = new double[size], cell = new double[size];
        double[] dInputWeights = new double[InputWeights.Length], dHiddenWeights = new double[HiddenWeights.Length], dBias = new double[Bias.Length];
        double[] dx = new double[X.Length], dHidden = new double[size], dCell = new double[size];
        for (int row = 0; row < Rows; row++)
        {
            // h and c before each step and after the last, and the gates of each step after their activations.
            double[][] h = [.. Enumerable.Range(0, Steps + 1).Select(_ => new double[Hidden])], c = [.. h.Select(_ => new double[Hidden])];
            double[][] gates = [.. Enumerable.Range(0, Steps).Select(_ => new double[4 * Hidden])];
            Array.Copy(FirstHidden, row * Hidden, h[0], 0, Hidden);
            Array.Copy(FirstCell, row * Hidden, c[0], 0, Hidden);
            for (int t = 0; t < Steps; t++)
            {
                int x = (t * Rows + row) * Inputs;
                for (int gate = 0; gate < 4 * Hidden; gate++)
                {
                    double sum = Bias[gate];
                    for (int i = 0; i < Inputs; i++)
                    {
                        sum += InputWeights[gate * Inputs + i] * X[x + i];
                    }

                    for (int j = 0; j < Hidden; j++)
                    {
                        sum += HiddenWeights[gate * Hidden + j] * h[t][j];
                    }

                    gates[t][gate] = gate / Hidden == 2 ? Math.Tanh(sum) : 1 / (1 + Math.Exp(-sum));
                }

                for (int j = 0; j < Hidden; j++)
                {
                    (double i, double f, double g, double o) = Gates(gates[t], j);
                    c[t + 1][j] = f * c[t][j] + i * g;
                    h[t + 1][j] = o * Math.Tanh(c[t + 1][j]);
                }

                h[t + 1].CopyTo(outputs, t * size + row * Hidden);
            }

            h[Steps].CopyTo(hidden, row * Hidden);
            c[Steps].CopyTo(cell, row * Hidden);
            double[] dh = HiddenGradient[(row * Hidden)..((row + 1) * Hidden)], dc = CellGradient[(row * Hidden)..((row + 1) * Hidden)];
            for (int t = Steps - 1; t >= 0; t--)
            {
                // The gradients of the gates before their activations.
                var d = new double[4 * Hidden];
                for (int j = 0; j < Hidden; j++)
                {
                    (double i, double f, double g, double o) = Gates(gates[t], j);
                    double tanh = Math.Tanh(c[t + 1][j]), total = dh[j] + OutputsGradient[t * size + row * Hidden + j];
                    double ofCell = dc[j] + total * o * (1 - tanh * tanh);
                    d[j] = ofCell * g * i * (1 - i);
                    d[Hidden + j] = ofCell * c[t][j] * f * (1 - f);
                    d[2 * Hidden + j] = ofCell * i * (1 - g * g);
                    d[3 * Hidden + j] = total * tanh * o * (1 - o);
                    dc[j] = ofCell * f;
                }

                int x = (t * Rows + row) * Inputs;
                Array.Clear(dh);
                for (int gate = 0; gate < 4 * Hidden; gate++)
                {
                    dBias[gate] += d[gate];
                    for (int i = 0; i < Inputs; i++)
                    {
                        dInputWeights[gate * Inputs + i] += d[gate] * X[x + i];
                        dx[x + i] += d[gate] * InputWeights[gate * Inputs + i];
                    }

                    for (int j = 0; j < Hidden; j++)
                    {
                        dHiddenWeights[gate * Hidden + j] += d[gate] * h[t][j];
                        dh[j] += d[gate] * HiddenWeights[gate * Hidden + j];
                    }
                }
            }

            dh.CopyTo(dHidden, row * Hidden);
            dc.CopyTo(dCell, row * Hidden);
        }

        return new Dictionary<string, double[]>
        {
            ["outputs"] = outputs,
            ["hidden"] = hidden,
            ["cell"] = cell,
            ["d inputs"] = dx,
            ["d hidden"] = dHidden,
            ["d cell"] = dCell,
            ["d input weights"] = dInputWeights,
            ["d hidden weights"] = dHiddenWeights,
            ["d bias"] = dBias,
        };
    }

    private (double I, double F, double G, double O) Gates(double[] gates, int unit) =>
        (gates[unit], gates[Hidden + unit], gates[2 * Hidden + unit], gates[3 * Hidden + unit]);
}
