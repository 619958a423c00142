using static TorchSharp.torch;

namespace AuxLossRnn.Models;

/// <summary>Sets the initial weights of every LSTM of a module.</summary>
public static class LstmInitialisation
{
    /// <summary>Orthogonal recurrent weights if asked for, and the forget gates' bias.</summary>
    /// <param name="model">The module.</param>
    /// <param name="initialisation">How recurrent weights are drawn.</param>
    /// <param name="forgetBias">The forget gates' bias; PyTorch adds two vectors, so one is set to it and the other to zero.</param>
    public static void Apply(nn.Module model, Initialisation initialisation, double forgetBias)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        foreach ((string name, var weight) in model.named_parameters())
        {
            // PyTorch keeps the gates input, forget, cell, output one below the other.
            long hidden = weight.shape[0] / 4;
            if (name.Contains("lstm.weight_hh_l", StringComparison.Ordinal) && initialisation == Initialisation.Orthogonal)
            {
                for (int gate = 0; gate < 4; gate++)
                {
                    nn.init.orthogonal_(weight.narrow(0, gate * hidden, hidden));
                }
            }
            else if (name.Contains("lstm.bias_ih_l", StringComparison.Ordinal))
            {
                weight.narrow(0, hidden, hidden).fill_(forgetBias);
            }
            else if (name.Contains("lstm.bias_hh_l", StringComparison.Ordinal))
            {
                weight.narrow(0, hidden, hidden).zero_();
            }
        }
    }
}
